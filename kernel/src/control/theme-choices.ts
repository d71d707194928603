import { AicoError } from '@aico/schemas';
import type { Clock } from '../contracts/clock.ts';
import type { ManagedPlugin } from '../lifecycle/managed-plugin.ts';

/** Far below what WCAG 2.3.1 calls a flash, three times a second, and slow enough to be no toy. */
const THEME_INTERVAL_MS = 3_000;

/** Which of their own themes plugins chose. Nothing is kept: who starts chooses anew. */
export class ThemeChoices {
  readonly #clock: Clock;
  readonly #chosen = new Map<string, { readonly theme: string; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What a plugin chose, as long as it has that theme. */
  of({ id, manifest }: Pick<ManagedPlugin, 'id' | 'manifest'>): string | undefined {
    const theme = this.#chosen.get(id)?.theme;
    return manifest?.contributes?.themes?.some((each) => each.id === theme) ? theme : undefined;
  }

  /** @returns whether it is another one now. @throws AicoError KERNEL_THEME_UNKNOWN, KERNEL_THEME_TOO_OFTEN */
  choose({ id, manifest }: Pick<ManagedPlugin, 'id' | 'manifest'>, theme: string): boolean {
    const known = manifest?.contributes?.themes?.map((each) => each.id) ?? [];
    if (!known.includes(theme)) {
      const details = { theme, known: known.join(', ') || 'none; declare them under contributes.themes' };
      throw new AicoError('KERNEL_THEME_UNKNOWN', { subject: id, details });
    }
    const before = this.#chosen.get(id);
    if (before?.theme === theme) return false;
    const now = this.#clock.now();
    // A clock that jumps back must not lock anybody out.
    const waits = before === undefined ? 0 : Math.min(THEME_INTERVAL_MS, before.at + THEME_INTERVAL_MS - now);
    if (waits > 0)
      throw new AicoError('KERNEL_THEME_TOO_OFTEN', { subject: id, details: { retryAfterMs: Math.ceil(waits) } });
    this.#chosen.set(id, { theme, at: now });
    return true;
  }

  /** To be called when a plugin is removed. */
  drop(id: string): void {
    this.#chosen.delete(id);
  }
}
