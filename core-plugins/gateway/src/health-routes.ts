import type { Health, PluginState, Ready } from '@aico/sdk';
import type { FastifyInstance } from 'fastify';
import type { AppParts } from './app-parts.ts';
import { isEveryPluginWell } from './readiness.ts';

/** Anyone may ask, so the kernel is asked at most this often. */
const READY_KEPT_MS = 500;

/** Whether the gateway lives, and whether everything that should run does. Both for everyone; neither tells more than states. */
export function registerHealthRoutes(app: FastifyInstance, parts: AppParts): void {
  const { bus, now } = parts;
  const startedAt = now();
  let kept: { readonly at: number; readonly answer: Promise<Ready> } | undefined;

  app.get('/api/v1/health', (): Health => ({ status: 'ok', uptimeMs: Math.max(0, Math.round(now() - startedAt)) }));

  app.get('/api/v1/ready', async (_request, reply): Promise<Ready> => {
    if (kept === undefined || now() - kept.at > READY_KEPT_MS) kept = { at: now(), answer: askReady(bus) };
    const answer = await kept.answer;
    reply.code(answer.ready ? 200 : 503);
    return answer;
  });
}

async function askReady(bus: AppParts['bus']): Promise<Ready> {
  const [status, { plugins }] = await Promise.all([
    bus.request('kernel.status.get.v1', {}),
    bus.request('kernel.plugin.list.v1', {}),
  ]);
  const states = plugins.filter(({ enabled }) => enabled).map(({ id, state }): [string, PluginState] => [id, state]);
  return { ready: status.ready && isEveryPluginWell(plugins), plugins: Object.fromEntries(states) };
}
