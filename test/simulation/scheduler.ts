interface Entry {
  at: number;
  order: number;
  run: () => void;
  isCancelled: boolean;
  /** Nothing waits for it, so no promise has anything to do after it. */
  isSilent: boolean;
}

/** Something that will happen, unless it is cancelled before. */
export type Planned = Pick<Entry, 'isCancelled'>;

/** Node.js comes to the next tick only when no promise has anything left to do; a turn of its loop would cost far more. */
const drained = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/**
 * Time of the simulation: a heap of what happens next. After each entry, all promises run until they wait again, so
 * a schedule depends on nothing but its seed.
 */
export class Scheduler {
  now: number;
  steps = 0;
  #order = 0;
  readonly #heap: Entry[] = [];

  constructor(start: number) {
    this.now = start;
  }

  /** @param isSilent It resolves no promise, as what happens elsewhere; its consequences are planned by themselves. */
  at(time: number, run: () => void, isSilent = false): Planned {
    this.#order += 1;
    const entry = { at: Math.max(time, this.now), order: this.#order, run, isCancelled: false, isSilent };
    this.#push(entry);
    return entry;
  }

  in(delay: number, run: () => void): Planned {
    return this.at(this.now + delay, run);
  }

  /** Runs until nothing is left to happen. False when that takes more than `limit` steps. */
  async run(limit: number, afterEach: () => void): Promise<boolean> {
    await drained();
    for (let next = this.#pop(); next; next = this.#pop()) {
      if (next.isCancelled) continue;
      if (this.steps >= limit) return false;
      this.now = next.at;
      this.steps += 1;
      next.run();
      if (!next.isSilent) await drained();
      afterEach();
    }
    return true;
  }

  #before(a: number, b: number): boolean {
    const [x, y] = [this.#heap[a], this.#heap[b]];
    if (!x || !y) return false;
    return x.at < y.at || (x.at === y.at && x.order < y.order);
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    const [x, y] = [heap[a], heap[b]];
    if (x && y) [heap[a], heap[b]] = [y, x];
  }

  #push(entry: Entry): void {
    this.#heap.push(entry);
    let index = this.#heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #pop(): Entry | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (this.#heap.length > 0 && last) {
      this.#heap[0] = last;
      for (let index = 0; ; ) {
        let least = index;
        for (const child of [2 * index + 1, 2 * index + 2]) {
          if (child < this.#heap.length && this.#before(child, least)) least = child;
        }
        if (least === index) break;
        this.#swap(index, least);
        index = least;
      }
    }
    return first;
  }
}
