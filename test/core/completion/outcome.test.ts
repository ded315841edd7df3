import { expect, it } from 'vitest';
import { outcomeOf, release } from '../../../lambda/core/completion/transitions.ts';
import type { ActionRecord, CompletionItem } from '../../../lambda/core/model/index.ts';
import { DAY, SECOND } from '../../../lambda/core/model/time.ts';
import { actionRecord, completionItem } from '../support/items.ts';

const NOW = 1_000_000_000_000;
const lease = { token: 'mine', until: NOW + 60 * SECOND };
const done = actionRecord({ result: { run_ids: [], at: 1 } });
const failed = actionRecord({ failure: { reason: 'refused', status: 400 } });
const planned = (more: Partial<CompletionItem>) => completionItem({ planned: 0, ...more });
const outcomeKind = (more: Partial<CompletionItem>) => outcomeOf(planned(more)).kind;

it('a completion is open until every action is settled', () => {
  expect(outcomeKind({})).toBe('open');
  expect(outcomeKind({ actions: [done], round: 1 })).toBe('open');
  expect(outcomeKind({ actions: [done, actionRecord()] })).toBe('open');
  expect(outcomeKind({ actions: [failed, actionRecord()] })).toBe('open');
  expect(outcomeKind({ actions: [] })).toBe('done');
  expect(outcomeKind({ actions: [done] })).toBe('done');
  expect(outcomeOf(planned({ actions: [done, failed] }))).toEqual({
    kind: 'failed',
    reason: 'refused',
    status: 400,
  });
  expect(outcomeOf(planned({ failure: { reason: 'crashed' }, actions: [done] }))).toEqual({
    kind: 'failed',
    reason: 'crashed',
  });
});

it('releasing an open completion removes its lease and resets its crashes unless it only waited', () => {
  const left = release(
    planned({ lease, crashes: 3, not_before: 1, actions: [actionRecord()] }),
    NOW,
    DAY,
    NOW + 5,
  );

  expect(left).toMatchObject({ crashes: 0, not_before: NOW + 5, updated_at: NOW, done: false });
  expect(left).not.toHaveProperty('lease');
  expect(left).not.toHaveProperty('ttl');

  const begun = { first: NOW, last: NOW };
  const crashesOf = (...actions: ActionRecord[]) =>
    release(planned({ lease, crashes: 3, actions }), NOW, DAY, NOW + 5).crashes;

  expect(crashesOf(actionRecord({ begun }), actionRecord())).toBe(3);
  expect(crashesOf(actionRecord({ begun, not_before: NOW }))).toBe(3);
  expect(crashesOf(actionRecord({ begun, not_before: NOW + 1 }))).toBe(0);
  expect(crashesOf(actionRecord({ begun, result: { run_ids: [], at: NOW } }), actionRecord())).toBe(0);
  expect(release(planned({ not_before: 1 }), NOW, DAY)).not.toHaveProperty('not_before');
});

it('releasing a settled completion gives it an expiry', () => {
  const ttl = (NOW + DAY) / 1000;
  expect(release(planned({ lease, actions: [done] }), NOW, DAY)).toMatchObject({
    done: true,
    ttl,
    updated_at: NOW,
  });

  const failedOne = release(planned({ lease, actions: [failed] }), NOW, DAY);

  expect(failedOne).toMatchObject({ done: false, ttl });
  expect(failedOne).not.toHaveProperty('lease');
});
