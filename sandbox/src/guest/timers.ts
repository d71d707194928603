import { bridge } from './bridge.ts';

interface Timer {
  readonly id: number;
  readonly due: number;
  readonly run: () => void;
}

const MAX_DELAY_MS = 2_147_483_647;
/** Cancelled timers that may wait for their turn beside as many as are pending. */
const MOST_CANCELLED = 64;

/** Timers inside the isolate: all of them share one timer of the host, set for whichever is due next. */
export class GuestTimers {
  readonly #pending = new Map<number, Timer>();
  /** A binary heap by due time; cancelled timers leave it when their turn comes, or when they are too many. */
  #heap: Timer[] = [];
  #lastId = 0;
  #armedFor = Number.POSITIVE_INFINITY;

  set(run: () => void, milliseconds: number): number {
    const delay = Math.min(Math.max(Number(milliseconds) || 0, 0), MAX_DELAY_MS);
    this.#lastId += 1;
    const timer = { id: this.#lastId, due: Date.now() + delay, run };
    this.#pending.set(timer.id, timer);
    this.#push(timer);
    this.#arm();
    return timer.id;
  }

  clear(id: number): void {
    if (!this.#pending.delete(id)) return;
    // Whoever sets and clears all the time, far ahead, would fill its memory with what never comes. What is sorted is a heap.
    if (this.#heap.length > 2 * this.#pending.size + MOST_CANCELLED)
      this.#heap = [...this.#pending.values()].sort((one, other) => one.due - other.due);
  }

  /** Runs what is due. */
  wake(onFailure: (error: unknown) => void): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = Date.now();
    const due: Timer[] = [];
    for (let next = this.#heap[0]; next !== undefined && next.due <= now; next = this.#heap[0]) {
      due.push(next);
      this.#pop();
    }
    for (const timer of due) {
      if (!this.#pending.delete(timer.id)) continue;
      try {
        timer.run();
      } catch (error) {
        onFailure(error);
      }
    }
    this.#arm();
  }

  #arm(): void {
    for (let next = this.#heap[0]; next !== undefined && !this.#pending.has(next.id); next = this.#heap[0]) this.#pop();
    const due = this.#heap[0]?.due;
    if (due === undefined || due >= this.#armedFor) return;
    this.#armedFor = due;
    bridge.wakeAfter(Math.max(due - Date.now(), 0));
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.due <= timer.due) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = (heap[left + 1]?.due ?? Number.POSITIVE_INFINITY) < (heap[left]?.due ?? 0) ? left + 1 : left;
      const below = heap[child];
      if (below === undefined || below.due >= last.due) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}
