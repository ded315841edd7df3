/** Polling, while the page may be seen. */

/** Longest delay between two polls after failures, milliseconds. */
const LONGEST_DELAY = 30_000;

/** @type {Set<Poll>} */
const all = new Set();
let isPaused = false;

/** Pauses or resumes all polls. @param {boolean} paused */
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
   * @param {() => Promise<void>} load
   * @param {{ interval: number, failed: (error: unknown) => void, worked: () => void }} options
   */
  constructor(load, options) {
    this.load = load;
    this.options = options;
    all.add(this);
  }

  /** Polls at once; an earlier poll that is still running no longer schedules the next one. */
  async now() {
    clearTimeout(this.#timer);
    this.#turn += 1;
    const turn = this.#turn;
    try {
      await this.load();
      this.#failures = 0;
      this.options.worked();
    } catch (error) {
      this.#failures += 1;
      this.options.failed(error);
    }
    if (turn === this.#turn) this.#schedule();
  }

  #schedule() {
    const delay = Math.min(this.options.interval * 2 ** this.#failures, LONGEST_DELAY);
    this.#timer = setTimeout(() => {
      // A page that is not visible costs nothing.
      if (isPaused || document.hidden) this.#schedule();
      else this.now();
    }, delay);
  }
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !isPaused) for (const poll of all) poll.now();
});
