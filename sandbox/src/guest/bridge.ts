/**
 * The host's powers, put in place by `evalClosure` as $0, $1, …: functions of texts and numbers that answer at once.
 * The plugin never sees them; were it to, the host checks every argument.
 */
export interface Bridge {
  /** Takes records, as JSON; `false` asks to wait for `drained`. */
  send(records: string): boolean;
  log(level: string, message: string, fields: string | undefined): void;
  /** Asks for `wake` after some ms; replaces the last wish. */
  wakeAfter(milliseconds: number): void;
  /** A file of the package in base64, or undefined. */
  asset(path: string): string | undefined;
  /** Random bytes in base64; at most 65,536. */
  random(count: number): string;
  /** The plugin has deactivated. */
  end(): void;
}

declare const $0: Bridge['send'];
declare const $1: Bridge['log'];
declare const $2: Bridge['wakeAfter'];
declare const $3: Bridge['asset'];
declare const $4: Bridge['random'];
declare const $5: Bridge['end'];

export const bridge: Bridge = { send: $0, log: $1, wakeAfter: $2, asset: $3, random: $4, end: $5 };
