/** Looks again and again, while somebody may be watching. */

/** Longest wait between two looks after failures, in milliseconds. */
const LONGEST = 30_000;

/** @type {Set<Poll>} */
const all = new Set();
let isPaused = false;

/** Stops or takes up all looking. @param {boolean} paused */
export function setPaused(paused) {
  isPaused = paused;
  if (!paused) for (const poll of all) poll.now();
}

export class Poll {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #failures = 0;
  #turn = 0;

  /**
   * @param {() => Promise<void>} look
   * @param {{ interval: number, failed: (error: unknown) => void, worked: () => void }} options
   */
  constructor(look, options) {
    this.look = look;
    this.options = options;
    all.add(this);
  }

  /** Looks at once; what an earlier look still brings does not count for the rhythm. */
  async now() {
    clearTimeout(this.#timer);
    this.#turn += 1;
    const turn = this.#turn;
    try {
      await this.look();
      this.#failures = 0;
      this.options.worked();
    } catch (error) {
      this.#failures += 1;
      this.options.failed(error);
    }
    if (turn === this.#turn) this.#schedule();
  }

  #schedule() {
    const wait = Math.min(this.options.interval * 2 ** this.#failures, LONGEST);
    this.#timer = setTimeout(() => {
      // A page that nobody sees costs nothing.
      if (isPaused || document.hidden) this.#schedule();
      else this.now();
    }, wait);
  }
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !isPaused) for (const poll of all) poll.now();
});
