import type { ApiError } from '../api/api-error.ts';
import { toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';

/** A recovery code while it is on show, and never longer: one that comes after it was forgotten is dropped. */
export class RecoveryCode {
  readonly #bus: Pick<Bus, 'request'>;
  #code = $state.raw<string | undefined>();
  #busy = $state(false);
  #error = $state.raw<ApiError | undefined>();
  #turn = 0;
  /** Settles with the code that was last asked for. */
  #making: Promise<unknown> = Promise.resolve();

  constructor(bus: Pick<Bus, 'request'>) {
    this.#bus = bus;
  }

  get code(): string | undefined {
    return this.#code;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get error(): ApiError | undefined {
    return this.#error;
  }

  /** Makes a new code in the place of the one before. */
  async make(password: string): Promise<void> {
    this.forget();
    const turn = this.#turn;
    this.#busy = true;
    try {
      const asked = this.#bus.request('vault.recovery.renew.v1', { password });
      this.#making = asked.catch(() => undefined);
      const { code } = await asked;
      if (turn === this.#turn) this.#code = code;
    } catch (error) {
      if (turn === this.#turn) this.#error = toApiError(error);
    } finally {
      if (turn === this.#turn) this.#busy = false;
    }
  }

  /** Takes the code away that is in force, also one that is being made. Why it could not. */
  async drop(): Promise<ApiError | undefined> {
    // One that is on its way is made first, and goes then: the other way round it would stay.
    await this.#making;
    try {
      await this.#bus.request('vault.recovery.drop.v1', {});
      this.forget();
      return undefined;
    } catch (error) {
      return toApiError(error);
    }
  }

  /** Whoever looked at it leaves. One that is being made waits for them: the one before is void by then. */
  leave(): void {
    if (!this.#busy) this.forget();
  }

  forget(): void {
    this.#turn += 1;
    this.#code = undefined;
    this.#busy = false;
    this.#error = undefined;
  }
}
