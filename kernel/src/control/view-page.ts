import { AicoError, type ViewPage, type ViewRef } from '@aico/schemas';
import type { ManagedPlugin } from '../lifecycle/managed-plugin.ts';

/** What a view's file may weigh. */
const MAX_VIEW_BYTES = 256 * 1024;
const SHOWN_WHILE: ReadonlySet<string> = new Set(['active', 'suspended', 'starting', 'updating']);

/** A view of a plugin, from the bytes that were verified when it was loaded. @throws AicoError KERNEL_VIEW_UNKNOWN */
export function viewPage({ id, manifest, views, state }: ManagedPlugin, { view }: ViewRef): ViewPage {
  const found = manifest?.contributes?.views?.find((each) => each.id === view);
  const bytes = found === undefined ? undefined : views.get(found.entry);
  if (found === undefined || bytes === undefined || bytes.length > MAX_VIEW_BYTES || !SHOWN_WHILE.has(state)) {
    throw new AicoError('KERNEL_VIEW_UNKNOWN', { subject: id, details: { view } });
  }
  return { title: found.title, html: new TextDecoder().decode(bytes) };
}
