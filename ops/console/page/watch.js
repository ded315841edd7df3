/** Polls whose failures are shown at the top of the page for as long as they last. */

import { Poll } from './poll.js';
import { showProblem } from './say.js';
import { interval } from './stage.js';

/** @type {Map<string, string>} */
const problems = new Map();

const show = () => showProblem([...new Set(problems.values())].join(' '));

/** @param {string} name @param {() => Promise<void>} load */
export function watch(name, load) {
  const poll = new Poll(load, {
    interval: interval(),
    failed: (error) => {
      problems.set(name, /** @type {Error} */ (error).message);
      show();
    },
    worked: () => {
      if (problems.delete(name)) show();
    },
  });
  poll.now();
  return poll;
}
