import type { ErrorReport, PluginMetric } from './generated/types.ts';

/** What a record says. Numbers are part of the protocol: only ever add. */
export const RecordKind = {
  publish: 1,
  deliver: 2,
  request: 3,
  reply: 4,
  chunk: 5,
  error: 6,
  credit: 7,
  cancel: 8,
  subscribe: 9,
  unsubscribe: 10,
  serve: 11,
  unserve: 12,
  /** Downwards; the topic tells what: `control`, `publish` (all up to `correlation`), `held` or `kept` (durable). */
  confirm: 13,
  /** Upwards: `correlation` more records were consumed. */
  consumed: 14,
  /** Lifecycle between supervisor and child: payload is a `LifecycleMessage`. */
  lifecycle: 15,
  /** Like request, answered by chunks and one reply; `sequence` upwards is the first credit. */
  stream: 16,
  /** Downwards: an event of a durable topic, for whoever keeps them; answered like a request. */
  append: 17,
} as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

/** What the kernel stamps on a delivered record, as JSON in its header. */
export interface DeliveryHeader {
  readonly sender: string;
  readonly incarnation: string;
  /** Constraints of the sender's grant. */
  readonly grant?: Readonly<Record<string, unknown>>;
  /** Limits of the sender, where the contract of the topic says that its server keeps to them. */
  readonly quota?: Readonly<Record<string, number>>;
  readonly traceparent?: string;
  readonly onbehalfof?: string;
}

/** What one version of a plugin leaves to the next, as JSON. */
export interface HandedOver {
  /** Which shape the state has, as the plugin counts. */
  readonly stateVersion: number;
  readonly state: unknown;
}

/** What a plugin that slept goes on with, as JSON. */
export interface Resumed {
  readonly state?: unknown;
}

/** Supervisor and child speak of these over the plugin's own socket. */
export type LifecycleMessage =
  /** A successor has its code and waits to be activated. */
  | { readonly type: 'loaded' }
  /** `resumed` when it slept: what it told then. */
  | { readonly type: 'activate'; readonly handedOver?: HandedOver; readonly resumed?: Resumed }
  | { readonly type: 'active' }
  /** Asks a plugin that is to be replaced to finish what it handles, take nothing new, and tell its state. */
  | { readonly type: 'handOver'; readonly nonce: number }
  | {
      readonly type: 'handedOver';
      readonly nonce: number;
      readonly handedOver?: HandedOver;
      readonly problem?: string;
    }
  /** Asks an idle plugin to take nothing new and tell what it goes on with when it is needed again. */
  | { readonly type: 'suspend'; readonly nonce: number }
  | {
      readonly type: 'suspended';
      readonly nonce: number;
      readonly state?: unknown;
      /** When it wants to be woken whether somebody needs it or not. */
      readonly wakeAfterMs?: number;
      readonly problem?: string;
    }
  /** Its successor failed, or it is needed again: it goes on. */
  | { readonly type: 'goOn' }
  /** Its figures about itself, all of them, when some changed. */
  | { readonly type: 'metrics'; readonly metrics: readonly PluginMetric[] }
  /** `stack` says where in its code. */
  | { readonly type: 'failed'; readonly problem: string; readonly error?: ErrorReport; readonly stack?: string }
  | { readonly type: 'deactivate'; readonly reason: string }
  | { readonly type: 'deactivated' }
  | { readonly type: 'ping'; readonly nonce: number }
  | { readonly type: 'pong'; readonly nonce: number }
  | { readonly type: 'configuration'; readonly values: Readonly<Record<string, unknown>> }
  | { readonly type: 'grants'; readonly grants: readonly unknown[] };
