import { expect, it } from 'vitest';
import { firstClaim, needsPlan, nextClaim, standing } from '../../../lambda/core/completion/transitions.ts';
import type { CompletionItem } from '../../../lambda/core/model/index.ts';
import { SECOND } from '../../../lambda/core/model/time.ts';
import { completionItem, eventItem } from '../support/items.ts';

const NOW = 1_000_000_000_000;
const lease = { token: 'mine', until: NOW + 60 * SECOND };
const standingOf = (found: CompletionItem | undefined, event = eventItem()) => standing(found, event, NOW);
const claim = (found: CompletionItem, event = eventItem()) => nextClaim(found, event, lease, NOW);

it('a completion that does not exist yet is free', () => {
  expect(standingOf(undefined)).toEqual({ kind: 'free' });
});

it('a completion with another owner belongs to that event, whatever its state', () => {
  const theirs = { owner: 'other', lease, done: true, not_before: NOW + 1 };
  expect(standingOf(completionItem(theirs), eventItem({ round: 5 }))).toEqual({
    kind: 'other',
    owner: 'other',
  });
});

it('a completion with a live lease makes a worker wait, even in a new round', () => {
  expect(standingOf(completionItem({ lease }), eventItem({ round: 1 }))).toEqual({
    kind: 'wait',
    until: lease.until,
    because: 'leased',
  });
  expect(standingOf(completionItem({ lease: { token: 'x', until: NOW } }))).toEqual({ kind: 'free' });
  expect(standingOf(completionItem({ lease: { token: 'x', until: NOW + 1 } })).kind).toBe('wait');
});

it('a completion that waits is free at its time, or when a new round begins', () => {
  expect(standingOf(completionItem({ not_before: NOW + 1 }))).toEqual({
    kind: 'wait',
    until: NOW + 1,
    because: 'not_due',
  });
  expect(standingOf(completionItem({ not_before: NOW }))).toEqual({ kind: 'free' });
  expect(standingOf(completionItem({ not_before: NOW + 1 }), eventItem({ round: 1 }))).toEqual({
    kind: 'free',
  });
});

it('a completion that is done stays done unless a new round begins', () => {
  expect(standingOf(completionItem({ done: true }))).toEqual({ kind: 'done' });
  expect(standingOf(completionItem({ done: true }), eventItem({ round: 1 }))).toEqual({ kind: 'free' });
  expect(standingOf(completionItem({ done: true, round: 3 }))).toEqual({ kind: 'done' });
});

it('the first claim of a completion has no crashes and the round of its event', () => {
  expect(firstClaim(eventItem({ round: 2 }), 'completion#1', lease, NOW)).toEqual({
    pk: 'run#run-1',
    sk: 'completion#1',
    v: 1,
    owner: 'event-1',
    lease,
    crashes: 0,
    round: 2,
    done: false,
    depth: 0,
    retries: 0,
    updated_at: NOW,
  });
});

it('a further claim removes the expiry and the waiting time', () => {
  const claimed = claim(completionItem({ ttl: 5, not_before: NOW - 1, updated_at: 0, crashes: 2 }));

  expect(claimed).toMatchObject({ lease, crashes: 2, updated_at: NOW });
  expect(claimed).not.toHaveProperty('ttl');
  expect(claimed).not.toHaveProperty('not_before');
});

it('a claim counts a crash when the previous lease expired without a result, and fails the completion at five', () => {
  const over = { token: 'x', until: NOW - 1 };

  expect(claim(completionItem({ lease: over }))).toMatchObject({ crashes: 1 });
  expect(claim(completionItem({ lease: over, crashes: 3 }))).not.toHaveProperty('failure');
  expect(claim(completionItem({ lease: over, crashes: 4 }))).toMatchObject({
    crashes: 5,
    failure: { reason: 'crashed' },
  });
});

it('a claim begins a new round and starts the count of crashes again', () => {
  const over = { token: 'x', until: NOW - 1 };
  const failed = completionItem({
    lease: over,
    crashes: 5,
    failure: { reason: 'crashed' },
    done: true,
    planned: 0,
  });
  const claimed = claim(failed, eventItem({ round: 2 }));

  expect(claimed).toMatchObject({ round: 2, planned: 0, crashes: 0, done: false, lease });
  expect(claimed).not.toHaveProperty('failure');
  expect(claim({ ...claimed, tag: 't', lease: over }, eventItem({ round: 2 }))).toMatchObject({
    round: 2,
    crashes: 1,
  });
  expect(claim(completionItem({ round: 3 }), eventItem())).toMatchObject({ round: 3 });
});

it('a completion needs a plan once per round, unless it has failed as a whole', () => {
  expect(needsPlan(completionItem())).toBe(true);
  expect(needsPlan(completionItem({ planned: 0 }))).toBe(false);
  expect(needsPlan(completionItem({ planned: 0, round: 1 }))).toBe(true);
  expect(needsPlan(completionItem({ planned: 1, round: 1 }))).toBe(false);
  expect(needsPlan(completionItem({ failure: { reason: 'crashed' } }))).toBe(false);
});
