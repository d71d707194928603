/** Where a call was made: an error that comes back later would know no more than who received it. */
export class AskedAt {
  readonly stack?: string;

  constructor() {
    Error.captureStackTrace(this, AskedAt);
  }

  /** Lets an error tell where its call was made. */
  mark(error: Error): void {
    const { stack = '' } = this;
    const frames = stack.indexOf('\n');
    if (frames >= 0) error.stack = `${error.name}: ${error.message}${stack.slice(frames)}`;
  }
}
