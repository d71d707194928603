import { createTestKernel, serveNetwork } from '@aico/sdk-testing';
import { expect, test } from 'vitest';

test('an answer that begins with a byte order mark is text and JSON without it, and bytes with it', async () => {
  await using kernel = await createTestKernel();
  const base64 = Buffer.from('\ufeff{"a":1}').toString('base64');
  await serveNetwork(kernel, ({ url }) => (url.endsWith('text') ? { text: '\ufeff{"a":1}' } : { base64 }));
  const permissions = [{ verb: 'request', topic: 'net.http.fetch.v1' }] as const;
  const { fetch } = await kernel.peer({ id: 'asker', permissions });
  for (const kind of ['text', 'bytes']) {
    const response = await fetch(`https://example.org/${kind}`);
    expect(await response.json()).toEqual({ a: 1 });
    expect(await response.text()).toBe('{"a":1}');
    expect([...(await response.bytes())].slice(0, 4)).toEqual([0xef, 0xbb, 0xbf, 0x7b]);
  }
});
