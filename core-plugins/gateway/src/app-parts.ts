import type { Bus, Log } from '@aico/sdk';
import type { AnyBus } from './any-bus.ts';
import type { AssetCache } from './console/asset-cache.ts';
import type { FrontDoor } from './front-door.ts';
import type { SessionStore } from './session/session-store.ts';
import type { Settings } from './settings.ts';
import type { EventHub } from './socket/event-hub.ts';

/** Everything that the routes are made from. */
export interface AppParts {
  readonly bus: Bus;
  readonly anyBus: AnyBus;
  readonly hub: EventHub;
  readonly log: Log;
  readonly settings: Settings;
  readonly sessions: SessionStore;
  readonly assets: AssetCache;
  readonly door: FrontDoor;
  readonly version: string;
  readonly now: () => number;
  /** Aborts when the gateway stops: from then on nothing new begins. */
  readonly stopping: AbortSignal;
}
