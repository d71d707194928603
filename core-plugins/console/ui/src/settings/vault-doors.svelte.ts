import type { ErrorReport, VaultStatus } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';

/** By what the vault opens, beside the master password: a recovery code, and the keyring of this device. */
export class VaultDoors {
  readonly #bus: Pick<Bus, 'request'>;
  #status = $state.raw<VaultStatus | undefined>();
  #busy = $state(false);
  #error = $state.raw<ApiError | undefined>();

  constructor(bus: Pick<Bus, 'request'>) {
    this.#bus = bus;
  }

  /** Whether there is a recovery code; undefined while that is not known. */
  get recovery(): boolean | undefined {
    return this.#status?.recovery;
  }
  /** Whether the keyring of this device opens it; undefined while that is not known. */
  get remembered(): boolean | undefined {
    return this.#status?.remembered;
  }
  /** Why the keyring of this device, which is to open it, did not at this start. */
  get unhelpful(): ErrorReport | undefined {
    return this.#status?.deviceError;
  }
  get busy(): boolean {
    return this.#busy;
  }
  /** Why the last thing that was wished did not come about. */
  get error(): ApiError | undefined {
    return this.#error;
  }

  load(): Promise<boolean> {
    return this.#ask(() => this.#bus.request('vault.status.get.v1', {}));
  }

  /** Lets the keyring of this device open the vault. Whether it does now. */
  remember(password: string): Promise<boolean> {
    return this.#ask(() => this.#bus.request('vault.device.remember.v1', { password }));
  }

  /** Only the password opens it from now on. */
  forget(): Promise<boolean> {
    return this.#ask(() => this.#bus.request('vault.device.forget.v1', {}));
  }

  /** What went wrong is of no matter any more. */
  clear(): void {
    this.#error = undefined;
  }

  async #ask(work: () => Promise<VaultStatus>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    this.#error = undefined;
    try {
      this.#status = await work();
      return true;
    } catch (error) {
      this.#error = toApiError(error);
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
