import type { Grant, LifecycleMessage, Quota } from '@aico/schemas';
import type { Link } from '../contracts/link.ts';

/** Who attaches to the bus, with what rights. */
export interface PeerOptions {
  readonly id: string;
  readonly incarnation: string;
  readonly grants: readonly Grant[];
  readonly quota: Required<Quota>;
  readonly link: Link;
  /** It stands ready beside another of the same id: what it registers takes effect when it takes over. */
  readonly standby?: boolean;
  readonly onLifecycle?: (message: LifecycleMessage) => void;
  /** The transport failed; the peer will hear nothing more. */
  readonly onLinkFailure?: (error: unknown) => void;
}

/** An attached peer; `detach` is its undo. */
export interface Attachment {
  readonly traffic: {
    readonly sent: number;
    readonly received: number;
    readonly violations: number;
    readonly dropped: number;
  };
  /** Puts other grants in force on live subscriptions and on what is queued. */
  setGrants(grants: readonly Grant[]): void;
  /** Puts other limits in force. */
  setQuota(quota: Required<Quota>): void;
  /** Grants in use, as verb and topic, since `forgetUsed`. */
  used(): ReadonlySet<string>;
  forgetUsed(): void;
  tell(message: LifecycleMessage): void;
  /** Whether nothing waits for it, nobody waits for its answer, and it waits for nobody's. */
  isIdle(): boolean;
  /**
   * Keeps new events and requests back until `release`, or until a successor takes them over.
   * @param onWork told of each, and of each durable event that it consumes
   */
  hold(onWork?: () => void): void;
  release(): void;
  /** It is held and its process goes: what it registered stays in force and waits for a successor; nothing more is heard of it. */
  sleep(): void;
  /** Puts this peer, which stood by, in the place of another: what was held goes to it, nothing twice, nothing lost. */
  takeOver(from: Attachment): void;
  /** Ends everything the peer registered, at once; open requests to it fail. */
  detach(): void;
}
