import type { System } from '../../../lambda/core/model/index.ts';

/** When every test begins, in epoch milliseconds. */
export const START = Date.parse('2026-11-25T10:00:00Z');

/** A clock that a test moves, a fixed random number, and tokens in order. */
export class TestSystem implements System {
  time = START;
  randomNumber = 0;
  #tokens = 0;
  now = () => this.time;
  random = () => this.randomNumber;
  sleep = async (ms: number) => {
    this.time += ms;
  };
  token = () => {
    this.#tokens += 1;
    return `token-${this.#tokens}`;
  };
}
