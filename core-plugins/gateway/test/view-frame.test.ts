import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Browser } from './support/browser.ts';
import { openHouse } from './support/house.ts';

test('the frame of views has an origin of its own, begins with our script alone, and no other page may hold it [SEC-4]', async () => {
  await using house = await openHouse();
  const browser = new Browser(house);
  const { status, text, headers } = await browser.ask('GET', '/view-frame');
  const policy = headers.get('content-security-policy') ?? '';
  const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(text) ?? [];
  const hash = createHash('sha256').update(script).digest('base64');
  expect(status).toBe(200);
  expect(policy.split('; ')).toEqual([
    'sandbox allow-scripts',
    "default-src 'none'",
    `script-src 'sha256-${hash}' 'unsafe-eval'`,
    "script-src-attr 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ]);
  // Every other page, the API’s answers included, may be framed by nobody.
  for (const path of ['/', '/api/v1/health']) {
    const other = (await browser.ask('GET', path)).headers;
    expect([path, other.get('x-frame-options')]).toEqual([path, 'DENY']);
    expect(other.get('content-security-policy')).toContain("frame-ancestors 'none'");
  }
});
