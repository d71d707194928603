/** Whole seconds until something is allowed again. */
export class Countdown {
  #seconds = $state(0);
  #timer: ReturnType<typeof setInterval> | undefined;

  get seconds(): number {
    return this.#seconds;
  }

  start(milliseconds: number): void {
    this.stop();
    const until = Date.now() + milliseconds;
    const look = (): void => {
      this.#seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      if (this.#seconds === 0) this.stop();
    };
    this.#timer = setInterval(look, 250);
    look();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
