import type { HttpFetch, HttpResponse } from '@aico/schemas';
import type { TestKernel } from './test-kernel.ts';

/** What a plugin of a test asked the network for. */
export type AskedNetwork = HttpFetch & { readonly plugin: string; readonly grant: Readonly<Record<string, unknown>> };

/** An answer; status 200 when not given. */
export type NetworkAnswer = Partial<Pick<HttpResponse, 'status' | 'headers' | 'text' | 'base64'>>;

/** Serves `ctx.fetch` for the plugins of a test: nothing is contacted, the test answers. Grants are not enforced here. */
export async function serveNetwork(
  kernel: TestKernel,
  answer: (asked: AskedNetwork) => NetworkAnswer | Promise<NetworkAnswer>,
): Promise<void> {
  const { bus } = await kernel.peer({ id: 'network', permissions: [{ verb: 'serve', topic: 'net.http.fetch.v1' }] });
  await bus.serve('net.http.fetch.v1', async ({ data, sender, grant }) => {
    const given = await answer({ ...data, plugin: sender, grant });
    return { status: 200, headers: {}, url: data.url, redirected: false, ...given };
  });
}
