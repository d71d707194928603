import type { PhraseKey } from '../i18n/en.ts';

const LEAST_LENGTH = 8;

/** Two fields that must agree; wiped when they were used. */
export class NewPassword {
  password = $state('');
  again = $state('');
  #tried = $state(false);

  readonly passwordError: PhraseKey | undefined = $derived.by(() => {
    if (!this.#tried) return undefined;
    if (this.password === '') return 'password.empty';
    return [...this.password].length < LEAST_LENGTH ? 'password.short' : undefined;
  });

  readonly againError: PhraseKey | undefined = $derived.by(() => {
    if (!this.#tried || this.passwordError) return undefined;
    return this.password === this.again ? undefined : 'password.mismatch';
  });

  /** Whether it may be used; shows what is wrong from now on. */
  check(): boolean {
    this.#tried = true;
    return this.passwordError === undefined && this.againError === undefined;
  }

  wipe(): void {
    this.password = '';
    this.again = '';
    this.#tried = false;
  }
}
