import type { PluginContext } from '@aico/sdk';
import { programIn } from './installed-program.ts';
import { ChromaKeeper } from './keeper.ts';
import { startSealed } from './sealed-chroma.ts';

/** Runs Chroma while the encrypted folder is open, and passes requests on to it. @throws AicoError VAULT_FOLDER_UNAVAILABLE */
export async function serveServer(ctx: PluginContext): Promise<void> {
  const { bus, config, log, signal } = ctx;
  const { path: data } = await bus.request('vault.folder.open.v1', {});
  const keeper = new ChromaKeeper({
    start: () => {
      const installed = config.get<string>('folder');
      const program = programIn(installed);
      if (program === undefined) throw new Error(whyNot(installed));
      return startSealed({ program, installed, data, memoryMb: config.get<number>('memoryMb') });
    },
    setTimer: (milliseconds, handler) => ctx.setTimer(milliseconds, handler),
    now: () => performance.now(),
    log,
  });
  // At once: who waits for an answer must not keep the vault from being locked.
  signal.addEventListener('abort', () => void keeper.close(), { once: true });
  ctx.effect(() => () => keeper.close());
  keeper.begin();
  await bus.serve('vector.server.ask.v1', ({ data: asked, sender }) => keeper.ask(sender, asked));
}

function whyNot(installed: string): string {
  if (installed === '') return 'its settings name no folder in which npm installed chromadb';
  return `there is no node_modules/chromadb in ${installed}`;
}
