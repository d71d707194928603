import { expect, test } from 'vitest';
import { DevToolsEndpoint } from '../../src/author/debugger/devtools-endpoint.ts';

const options = (port: number) => ({ port, title: 'dice', onMessage: () => {}, onClientGone: () => {} });

test('a port that somebody has already is refused by its number, with what to do, and nothing is left open [PLG-9]', async () => {
  await using taken = await DevToolsEndpoint.open(options(0));
  const port = Number(new URL(`ws://${taken.address}`).port);
  await expect(DevToolsEndpoint.open(options(port))).rejects.toMatchObject({
    code: 'AUTHOR_PORT_UNUSABLE',
    subject: String(port),
    message: expect.stringMatching(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 cannot be opened: .*EADDRINUSE`)),
    fix: expect.stringContaining('--inspect=PORT'),
  });
  await taken[Symbol.asyncDispose]();
  // Free again: whoever was refused kept nothing.
  await using next = await DevToolsEndpoint.open(options(port));
  expect(next.address).toContain(`127.0.0.1:${port}/`);
});
