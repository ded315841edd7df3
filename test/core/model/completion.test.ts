import { expect, it } from 'vitest';
import {
  endedAtCompletion,
  endOf,
  keyNamed,
  nameOf,
  occurrencePartition,
  ownCompletion,
  runOf,
} from '../../../lambda/core/model/index.ts';

it('the name of a completion yields its run, whatever the run is called', () => {
  const key = { pk: 'run#a run', sk: 'completion#event:event-1' };
  expect(keyNamed(nameOf(key))).toEqual(key);
  expect(runOf(keyNamed(nameOf(key)))).toBe('a run');
});

it('an event that is its own completion has no run', () => {
  const key = { pk: occurrencePartition('run#1'), sk: ownCompletion('run#1') };

  expect(keyNamed(nameOf(key))).toEqual(key);
  expect(runOf(key)).toBeUndefined();
});

it('a completion that is named by an end has that end', () => {
  expect(endOf(endedAtCompletion(1_764_064_798_123))).toBe(1_764_064_798_123);
});

it('a completion of an event alone has no end', () => {
  expect(endOf(ownCompletion('event-1'))).toBeUndefined();
  expect(endOf(ownCompletion('5'))).toBeUndefined();
});
