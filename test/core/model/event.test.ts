import { expect, it } from 'vitest';
import {
  completionKeyOf,
  completionOf,
  type EventItem,
  isActionable,
} from '../../../lambda/core/model/index.ts';
import { eventItem } from '../support/items.ts';

it.each(['success', 'error', 'task_failed', 'cancelled'] as const)(
  'an event about a run with status %s is actionable',
  (status) => {
    expect(isActionable(eventItem({ status }))).toBe(true);
  },
);

it.each(['run_id', 'workflow_id', 'status'] as const)('an event without %s is not actionable', (name) => {
  const event: EventItem = { ...eventItem() };
  delete event[name];

  expect(isActionable(event)).toBe(false);
});

it.each(['running', 'paused', ''])('an event about a run with status "%s" is not actionable', (status) => {
  expect(isActionable({ ...eventItem(), status })).toBe(false);
});

it('the completion of an event is named by its own end, whatever the API answered', () => {
  expect(completionOf(eventItem({ ended_at: 5 }))).toBe('completion#5');
  expect(completionOf(eventItem({ ended_at: 0 }))).toBe('completion#0');
  expect(completionOf(eventItem({ ended_at: 5, completion: 'completion#7' }))).toBe('completion#5');
});

it('the completion of an event without an end is the one that was stored on it', () => {
  expect(completionOf(eventItem({ completion: 'completion#7' }))).toBe('completion#7');
  expect(completionOf(eventItem())).toBeUndefined();
});

it('the key of a completion consists of the run and the completion', () => {
  expect(completionKeyOf(eventItem({ ended_at: 5 }))).toEqual({ pk: 'run#run-1', sk: 'completion#5' });
  expect(completionKeyOf(eventItem({ completion: 'completion#event:event-1' }))).toEqual({
    pk: 'run#run-1',
    sk: 'completion#event:event-1',
  });
});

it('an event without a run or without a known completion has no completion key', () => {
  const { run_id: _run, ...withoutRun } = eventItem({ ended_at: 5 });

  expect(completionKeyOf(withoutRun)).toBeUndefined();
  expect(completionKeyOf(eventItem())).toBeUndefined();
});

it('a completion that a forged event names is followed only if it is one', () => {
  for (const completion of ['lineage', '', 'pause'])
    expect(completionOf(eventItem({ completion })), completion).toBeUndefined();
});
