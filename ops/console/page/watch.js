/** Polls whose failures show at the top of the page until they are over. */

import { Poll } from './poll.js';
import { complain } from './say.js';
import { interval } from './stage.js';

/** @type {Map<string, string>} */
const problems = new Map();

const show = () => complain([...new Set(problems.values())].join(' '));

/** @param {string} name @param {() => Promise<void>} look */
export function watch(name, look) {
  const poll = new Poll(look, {
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
