import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AicoError, type PluginInfo } from '@aico/schemas';
import { judgeSigner, rememberKey, type UnknownSigner } from '../author/signer-trust.ts';
import { installFolders } from '../install-folders.ts';
import { printable } from '../printable.ts';
import { readTrust } from '../source/open-package-store.ts';
import { askYes } from './ask.ts';
import type { CommandBus } from './bus-session.ts';
import type { CommandContext } from './command-context.ts';

/** A package in memory: what was looked at is what is installed. */
export interface PackageBytes {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/** Installs a package in the AICO that runs. @throws AicoError REGISTRY_… */
export async function installPackage(bus: CommandBus, { fileName, bytes }: PackageBytes): Promise<PluginInfo> {
  // The kernel is told a path; this folder is ours alone.
  const folder = await mkdtemp(join(tmpdir(), 'aico-install-'));
  try {
    const path = join(folder, fileName);
    await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
    return await bus.request('kernel.plugin.install.v1', { path });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Sees to it that a package's key is trusted. An unknown one is, for isolated plugins, when it is among the `agreed` or the
 * user says so.
 * @throws AicoError REGISTRY_…, AUTHOR_CONSENT_REFUSED
 */
export async function agreeToSigner(
  context: CommandContext,
  { fileName, bytes }: PackageBytes,
  agreed: readonly string[],
): Promise<void> {
  const { trustFile } = context.folders;
  const unknown = judgeSigner(bytes, await readTrust(installFolders().trustFile, trustFile), fileName);
  if (unknown === undefined) return;
  if (!agreed.includes(unknown.key.keyId)) await ask(context, unknown);
  await rememberKey(trustFile, unknown.key);
  context.powers.err(`Trusted from now on, for isolated plugins: the key ${unknown.key.keyId}\n`);
}

async function ask({ powers }: CommandContext, { manifest, key, refusal }: UnknownSigner): Promise<void> {
  const { name, version, author, id } = manifest;
  powers.err(
    `${printable(name)} ${version} is signed with a key that is not trusted here yet.\n` +
      `  It says it is by ${printable(author)}. Its key's fingerprint:\n  ${key.keyId}\n` +
      '  Ask its author for it on another way: whoever has this key can put new versions into its place.\n',
  );
  const answer = await askYes(powers, 'Trust this key for isolated plugins?', id);
  if (answer === undefined) throw refusal;
  if (!answer) throw new AicoError('AUTHOR_CONSENT_REFUSED', { subject: id });
}
