import { Buffer } from 'node:buffer';
import {
  AicoError,
  type GalleryInstall,
  type GalleryOffer,
  type GalleryPicture,
  type GalleryPictureAsk,
  type PluginInfo,
} from '@aico/schemas';
import type { Gallery, VerifiedPackage } from '../contracts/index.ts';
import type { Consent } from '../lifecycle/consent.ts';
import type { ManagedPlugin } from '../lifecycle/managed-plugin.ts';
import type { Supervisor } from '../lifecycle/supervisor.ts';
import { permissionOffer } from './permission-info.ts';

/** Larger pictures are left out: a list of plugins is no picture book. */
const MAX_ICON_BYTES = 32 * 1024;
const PICTURE = 'screenshot.png';
const DARK_PICTURE = 'screenshot-dark.png';
const MAX_PICTURE_BYTES = 150 * 1024;
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const ICONS = { 'icon.svg': 'image/svg+xml', 'icon.png': 'image/png' } as const;

export interface GalleryOptions {
  readonly gallery: Gallery;
  readonly supervisor: Supervisor;
  readonly consent: Consent;
  /** Whether a plugin is part of the product, and so cannot be removed. */
  readonly isPart: (id: string) => boolean;
}

/** What the gallery holds, and which of it is here already. */
export async function listOffers({ gallery, supervisor, isPart }: GalleryOptions): Promise<GalleryOffer[]> {
  const packages = await gallery.list();
  return packages.map((offered) => offerOf(offered, supervisor.plugins.get(offered.manifest.id), isPart));
}

/** A plugin in use, as its package shows it. @throws AicoError KERNEL_OFFER_UNKNOWN */
export async function pictureOf(
  gallery: Gallery | undefined,
  { id, dark = false }: GalleryPictureAsk,
): Promise<GalleryPicture> {
  const bytes = pictureIn((await gallery?.open(id))?.files, dark ? DARK_PICTURE : PICTURE);
  if (bytes === undefined) throw new AicoError('KERNEL_OFFER_UNKNOWN', { subject: id });
  return { base64: Buffer.from(bytes).toString('base64') };
}

/** Installs what its user chose, with what they allow, and lets it run. @throws AicoError KERNEL_OFFER_UNKNOWN, REGISTRY_… */
export async function installOffer(
  { gallery, supervisor, consent }: GalleryOptions,
  { id, decisions = [] }: GalleryInstall,
  by: string,
): Promise<ManagedPlugin> {
  const path = await gallery.pathOf(id);
  if (path === undefined) throw new AicoError('KERNEL_OFFER_UNKNOWN', { subject: id });
  const plugin = await supervisor.install(path);
  // A newer version that asks for more waits for its own yes.
  if (plugin.next !== undefined) return plugin;
  if (decisions.length > 0) await consent.decide(id, decisions, { how: 'install', by });
  await consent.agree(id, by);
  await supervisor.enable(id);
  return plugin;
}

function offerOf(
  { manifest, files, tier }: VerifiedPackage,
  plugin: ManagedPlugin | undefined,
  isPart: (id: string) => boolean,
): GalleryOffer {
  const { id, name, version, description, author, permissions, contributes } = manifest;
  const icon = iconOf(files);
  const installed = plugin?.manifest?.version;
  return {
    id,
    name,
    version,
    description,
    author,
    tier,
    permissions: permissions.map((permission): PluginInfo['permissions'][number] => permissionOffer(permission)),
    commands: contributes?.commands ?? [],
    removable: installed !== undefined && !isPart(id),
    ...(icon === undefined ? {} : { icon }),
    ...(pictureIn(files, PICTURE) === undefined ? {} : { picture: true }),
    ...(pictureIn(files, DARK_PICTURE) === undefined ? {} : { darkPicture: true }),
    ...(installed === undefined ? {} : { installed }),
  };
}

function iconOf(files: VerifiedPackage['files']): string | undefined {
  for (const [name, type] of Object.entries(ICONS)) {
    const bytes = files.get(name);
    if (bytes === undefined || bytes.length > MAX_ICON_BYTES || bytes.length === 0) continue;
    return `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
  }
  return undefined;
}

/** What calls itself a PNG and is none is left out, and so is what is too large. */
function pictureIn(files: VerifiedPackage['files'] | undefined, name: string): Uint8Array | undefined {
  const bytes = files?.get(name);
  const isPng = bytes !== undefined && PNG.every((byte, at) => bytes[at] === byte);
  return isPng && bytes.length <= MAX_PICTURE_BYTES ? bytes : undefined;
}
