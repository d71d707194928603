import type { Timers } from '@aico/sdk/internal';

/** Node's own. */
export const timers: Timers = {
  after: (milliseconds, handler) => {
    const timer = setTimeout(handler, milliseconds);
    return () => clearTimeout(timer);
  },
};
