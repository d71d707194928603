import { type AicoError, isAicoError, type PluginContext } from '@aico/sdk';

/** One that this vault's key does not open may be another's in its place. */
const DAMAGE: ReadonlySet<string> = new Set(['STORAGE_DAMAGED', 'STORAGE_KEY_WRONG', 'BLOB_DAMAGED']);

/** Tells of what is damaged. */
export interface DamageTeller {
  /** A database did not open; whoever needs it says so in the log. */
  found(plugin: string, error: AicoError): void;
  /** What the weekly check met. */
  checked(plugin: string, error: unknown): void;
}

/**
 * In the log each time; to the user, and in the audit, where it is seen later, once while this runs: a check that found damage comes again
 * every hour.
 */
export function createDamageTeller({ bus, log, signal }: Pick<PluginContext, 'bus' | 'log' | 'signal'>): DamageTeller {
  const told = new Set<string>();
  const once = (what: string, tell: () => Promise<unknown>): void => {
    if (told.has(what)) return;
    told.add(what);
    tell().catch(() => {
      if (!signal.aborted) told.delete(what);
    });
  };
  const found = (plugin: string, { code, message, fix, subject, details = {} }: AicoError): void => {
    if (!DAMAGE.has(code)) return;
    const noted = { kind: 'storage.damaged', plugin, details: { code } };
    once(`audit ${plugin} ${code}`, () => bus.request('kernel.trail.note.v1', noted));
    once(`notice ${plugin} ${code}`, () =>
      bus.request('kernel.notice.tell.v1', { code, message, fix, subject, details }),
    );
  };
  return {
    found,
    checked: (plugin, error) => {
      if (!isAicoError(error)) {
        log.error('the weekly check could not look through what a plugin keeps', { plugin, err: error });
        return;
      }
      const { code, message, fix } = error;
      log[code === 'BLOB_NEWER' ? 'warn' : 'error'](`The weekly check: ${message} ${fix}`, { plugin, code });
      found(plugin, error);
    },
  };
}
