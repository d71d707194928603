import { type KnownKeys, readKeys, revokeKey } from '../../author/key-list.ts';
import { installFolders } from '../../install-folders.ts';
import { printable } from '../../printable.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { table } from '../table.ts';

/** A key for people and tools. */
interface ListedKey {
  readonly keyId: string;
  readonly name: string;
  readonly tiers: readonly string[];
  readonly from: 'this build' | 'you';
  readonly revoked: boolean;
}

/** `aico trust list`: every key that vouches for plugins here, or did. */
export async function runTrustList(context: CommandContext): Promise<number> {
  const keys = listed(await knownKeys(context));
  const rows = keys.map(({ keyId, name, tiers, from, revoked }) => [
    keyId.slice(0, 16),
    revoked ? 'revoked' : tiers.join(' and '),
    `from ${from}`,
    printable(name),
  ]);
  context.answer({ keys }, table([['KEY', 'VOUCHES FOR', '', 'NAME'], ...rows]));
  return EXIT.done;
}

/** `aico trust revoke <key>`: its plugins stop at once, in an AICO that runs and at every later start. */
export async function runTrustRevoke(context: CommandContext, fingerprint: string): Promise<number> {
  const { keyId, name } = await revokeKey(context.folders.trustFile, await knownKeys(context), fingerprint);
  const text = `Revoked: the key ${keyId} of ${printable(name)}.\nEvery plugin that it signed stops now, and does not start again.`;
  context.answer({ keyId, name, revoked: true }, text);
  return EXIT.done;
}

function knownKeys({ folders }: CommandContext): Promise<KnownKeys> {
  return readKeys(installFolders().trustFile, folders.trustFile);
}

function listed({ build, own }: KnownKeys): ListedKey[] {
  const of = (from: ListedKey['from'], keys: Iterable<Omit<ListedKey, 'from'>>): ListedKey[] =>
    [...keys].map(({ keyId, name, tiers, revoked }) => ({ keyId, name, tiers, from, revoked }));
  return [...of('this build', build.values()), ...of('you', own.values())];
}
