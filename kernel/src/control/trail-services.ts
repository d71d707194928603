import type { Notice, TrailNote, TrailRead } from '@aico/schemas';
import type { Broker } from '../bus/broker.ts';
import type { Trail } from '../trail/trail.ts';

/** Lets plugins note what they did, and whoever keeps the audit read it. */
export function serveTrail(broker: Broker, trail: Trail): void {
  broker.serveLocal('kernel.trail.note.v1', ({ data, sender }) => {
    trail.note(data as TrailNote, sender);
    return {};
  });
  broker.serveLocal('kernel.trail.read.v1', ({ data }) => trail.read(data as TrailRead));
}

/** Lets plugins tell the user something. */
export function serveNotices(broker: Broker, tell: (notice: Notice) => void): void {
  broker.serveLocal('kernel.notice.tell.v1', ({ data }) => {
    tell(data as Notice);
    return {};
  });
}
