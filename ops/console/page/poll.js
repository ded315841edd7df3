import { failed, isLost, onReconnect } from './connection.js';
import { showProblem } from './say.js';
import { interval } from './stage.js';

/** Longest delay between two polls after failures, milliseconds. */
const LONGEST_DELAY = 30_000;

/** Each runs one poll immediately. @type {Set<() => Promise<void>>} */
const all = new Set();
let isPaused = false;

const pollAll = () => {
  for (const now of all) now();
};

/** Pauses or resumes all polls. @param {boolean} paused */
export function setPaused(paused) {
  isPaused = paused;
  if (!paused) pollAll();
}

/** What each failing poll says, by its name. @type {Map<string, string>} */
const problems = new Map();

/**
 * Polls from now on; a failure is shown for as long as it lasts.
 * @param {string} name @param {() => Promise<void>} load
 * @returns a function that polls at once; an earlier poll that is still running no longer schedules the next one
 */
export function watch(name, load) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let failures = 0;
  let turn = 0;
  const schedule = () => {
    const delay = Math.min(interval() * 2 ** failures, LONGEST_DELAY);
    // A page that is not visible costs nothing.
    timer = setTimeout(() => (isPaused || isLost() || document.hidden ? schedule() : now()), delay);
  };
  const now = async () => {
    clearTimeout(timer);
    turn += 1;
    const mine = turn;
    try {
      await load();
      failures = 0;
      problems.delete(name);
    } catch (error) {
      // A lost server is one problem, not one of each poll; all of them continue when it is back.
      if (!failed(error)) {
        failures += 1;
        problems.set(name, /** @type {Error} */ (error).message);
      }
    }
    showProblem([...new Set(problems.values())].join(' '));
    if (mine === turn) schedule();
  };
  all.add(now);
  now();
  return now;
}

onReconnect(pollAll);

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !isPaused) pollAll();
});
