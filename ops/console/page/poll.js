import { showProblem } from './say.js';
import { interval } from './stage.js';

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

/** What each failing poll says, by its name. @type {Map<string, string>} */
const problems = new Map();

class Poll {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #failures = 0;
  #turn = 0;

  /** @param {string} name @param {() => Promise<void>} load */
  constructor(name, load) {
    this.name = name;
    this.load = load;
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
      problems.delete(this.name);
    } catch (error) {
      this.#failures += 1;
      problems.set(this.name, /** @type {Error} */ (error).message);
    }
    showProblem([...new Set(problems.values())].join(' '));
    if (turn === this.#turn) this.#schedule();
  }

  #schedule() {
    const delay = Math.min(interval() * 2 ** this.#failures, LONGEST_DELAY);
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

/** Polls from now on; a failure is shown for as long as it lasts. @param {string} name @param {() => Promise<void>} load */
export function watch(name, load) {
  const poll = new Poll(name, load);
  poll.now();
  return poll;
}
