import type { Command } from 'commander';
import type { Add } from './plugin-commands.ts';

/** The commands about who vouches for plugins. */
export function addTrustCommands(trust: Command, add: Add): void {
  const load = () => import('./commands/trust.ts');
  add(trust, 'list', 'Every key that vouches for plugins here, or did.', async (context) =>
    (await load()).runTrustList(context),
  );
  add(trust, 'revoke <key>', 'Stop every plugin of a key, now and for good.', async (context, _, key) =>
    (await load()).runTrustRevoke(context, key),
  );
}
