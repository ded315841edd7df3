import { expect, it } from 'vitest';
import { hasLedTo } from '../../../lambda/core/completion/index.ts';
import { lookUpPorts } from '../support/look-up.ts';

const parent = (id: string) => ({ parent: `run#${id} completion#1` });
const { table } = lookUpPorts([], { child: parent('middle'), middle: parent('root') });

it.each(['child', 'middle', 'root'])('the run %s has led to its descendant, or is it', async (id) => {
  expect(await hasLedTo(table, id, 'child')).toBe(true);
});

it.each([
  ['child', 'root'],
  ['stranger', 'child'],
])('the run %s has not led to %s', async (id, later) => {
  expect(await hasLedTo(table, id, later)).toBe(false);
});

it('a circle of lineages, which a release before could write, is walked once', async () => {
  const circle = lookUpPorts([], { a: parent('b'), b: parent('a') }).table;

  expect(await hasLedTo(circle, 'b', 'a')).toBe(true);
  expect(await hasLedTo(circle, 'stranger', 'a')).toBe(false);
});
