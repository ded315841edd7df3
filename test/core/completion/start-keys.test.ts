import { expect, it } from 'vitest';
import { startKeys } from '../../../lambda/core/completion/index.ts';
import { actionKey, endedAtCompletion } from '../../../lambda/core/model/index.ts';
import { actionRecord, eventItem } from '../support/items.ts';

const completion = endedAtCompletion(5);
const event = eventItem();
const identity = { installation: 'i', subject: event.run_id, completion, rule: 'a', position: 0 };
const inRound = (generation: number) => actionKey({ ...identity, generation });
const keysOf = (generation: number, more: object) =>
  startKeys(actionRecord({ rule: 'a', position: 0, generation, key: inRound(generation), ...more }), {
    installation: 'i',
    event,
    completion,
  });

it('an action has its own key alone, unless the table was restored to a point before its attempts', () => {
  expect(keysOf(2, { begun: { first: 1, last: 2 } })).toEqual([inRound(2)]);
  expect(keysOf(2, { begun: { first: 11, last: 12 }, fence: 10 })).toEqual([inRound(2)]);
});

it.each([0, 3, 120])(
  'an action of round %i has the keys of the rounds before and after it once the table was restored',
  (round) => {
    const keys = keysOf(round, { begun: { first: 1, last: 10 }, fence: 10 });

    expect(keys[0]).toBe(inRound(round));
    for (const other of [0, 1, round + 1, round + 50]) expect(keys).toContain(inRound(other));
    expect(new Set(keys).size).toBe(keys.length);
  },
);
