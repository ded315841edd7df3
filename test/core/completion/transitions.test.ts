import { describe, expect, it } from 'vitest';
import * as completion from '../../../lambda/core/completion/transitions.ts';
import type { ActionableEvent, ActionRecord, CompletionItem } from '../../../lambda/core/model/index.ts';
import { DAY, HOUR, SECOND } from '../../../lambda/core/model/time.ts';

const NOW = 1_000_000_000_000;
const event = (more: Partial<ActionableEvent> = {}) =>
  ({ event_id: 'e', run_id: 'r', round: 0, ...more }) as ActionableEvent;
const item = (more: Partial<CompletionItem> = {}): CompletionItem => ({
  pk: 'run#r',
  sk: 'completion#1',
  v: 1,
  tag: 't',
  owner: 'e',
  crashes: 0,
  round: 0,
  done: false,
  depth: 0,
  retries: 0,
  updated_at: NOW,
  ...more,
});
const action = (more: Partial<ActionRecord> = {}): ActionRecord => ({
  rule: 'a',
  position: 0,
  kind: 'startRun',
  generation: 0,
  key: 'k',
  body: '{}',
  tries: 0,
  delayed: 0,
  ...more,
});
const lease = { token: 'mine', until: NOW + 60 * SECOND };

describe('standing', () => {
  const of = (found: CompletionItem | undefined, about = event()) => completion.standing(found, about, NOW);

  it('is free when nobody has it', () => expect(of(undefined)).toEqual({ kind: 'free' }));

  it('is another’s, whatever else is true', () => {
    const theirs = { owner: 'other', lease, done: true, not_before: NOW + 1 };
    expect(of(item(theirs), event({ round: 5 }))).toEqual({ kind: 'other', owner: 'other' });
  });

  it('waits for a live lease, even with a redrive at hand', () => {
    expect(of(item({ lease }), event({ round: 1 }))).toEqual({ kind: 'wait', until: lease.until });
    expect(of(item({ lease: { token: 'x', until: NOW } }))).toEqual({ kind: 'free' });
    expect(of(item({ lease: { token: 'x', until: NOW + 1 } })).kind).toBe('wait');
  });

  it('waits until its time, unless a new round begins', () => {
    expect(of(item({ not_before: NOW + 1 }))).toEqual({ kind: 'wait', until: NOW + 1 });
    expect(of(item({ not_before: NOW }))).toEqual({ kind: 'free' });
    expect(of(item({ not_before: NOW + 1 }), event({ round: 1 }))).toEqual({ kind: 'free' });
  });

  it('is done, unless a new round begins', () => {
    expect(of(item({ done: true }))).toEqual({ kind: 'done' });
    expect(of(item({ done: true }), event({ round: 1 }))).toEqual({ kind: 'free' });
    expect(of(item({ done: true, round: 3 }))).toEqual({ kind: 'done' });
  });
});

describe('claim', () => {
  const of = (found: CompletionItem, about = event()) => completion.nextClaim(found, about, lease, NOW);

  it('begins a completion', () => {
    expect(completion.firstClaim(event({ round: 2 }), 'completion#1', lease, NOW)).toEqual({
      pk: 'run#r',
      sk: 'completion#1',
      v: 1,
      owner: 'e',
      lease,
      crashes: 0,
      round: 2,
      done: false,
      depth: 0,
      retries: 0,
      updated_at: NOW,
    });
  });

  it('takes one up again, unfinished: without expiry and waiting time', () => {
    const claimed = of(item({ ttl: 5, not_before: NOW - 1, updated_at: 0, crashes: 2 }));
    expect(claimed).toMatchObject({ lease, crashes: 2, updated_at: NOW });
    expect(claimed).not.toHaveProperty('ttl');
    expect(claimed).not.toHaveProperty('not_before');
  });

  it('counts a crash for a lease that is over without an outcome, and gives up at five', () => {
    const over = { token: 'x', until: NOW - 1 };
    expect(of(item({ lease: over }))).toMatchObject({ crashes: 1 });
    expect(of(item({ lease: over, crashes: 3 }))).not.toHaveProperty('failure');
    expect(of(item({ lease: over, crashes: 4 }))).toMatchObject({
      crashes: 5,
      failure: { reason: 'crashed' },
    });
  });

  it('begins a new round with its claim, so that deadly rules are counted in it too', () => {
    const over = { token: 'x', until: NOW - 1 };
    const failed = item({ lease: over, crashes: 5, failure: { reason: 'crashed' }, done: true, planned: 0 });
    const claimed = of(failed, event({ round: 2 }));
    expect(claimed).toMatchObject({ round: 2, planned: 0, crashes: 0, done: false, lease });
    expect(claimed).not.toHaveProperty('failure');
    expect(of({ ...claimed, tag: 't', lease: over }, event({ round: 2 }))).toMatchObject({
      round: 2,
      crashes: 1,
    });
    expect(of(item({ round: 3 }), event())).toMatchObject({ round: 3 });
  });
});

describe('needsPlan', () => {
  it('is true once per round, unless the completion has failed as a whole', () => {
    expect(completion.needsPlan(item())).toBe(true);
    expect(completion.needsPlan(item({ planned: 0 }))).toBe(false);
    expect(completion.needsPlan(item({ planned: 0, round: 1 }))).toBe(true);
    expect(completion.needsPlan(item({ planned: 1, round: 1 }))).toBe(false);
    expect(completion.needsPlan(item({ failure: { reason: 'crashed' } }))).toBe(false);
  });
});

describe('an action', () => {
  it('is begun: the first attempt stays, the last moves', () => {
    expect(completion.begin(action(), 5).begun).toEqual({ first: 5, last: 5 });
    expect(completion.begin(action({ begun: { first: 5, last: 6 } }), 9).begun).toEqual({
      first: 5,
      last: 9,
    });
  });

  const rich = action({
    body_ref: { sha256: 's', pieces: 1, until: 1 },
    placeholders: [],
    pins: [],
    not_before: 5,
  });

  it('drops its payload when it has succeeded or was refused, and keeps it otherwise', () => {
    const lean = { rule: 'a', position: 0, kind: 'startRun', generation: 0, key: 'k', tries: 0, delayed: 0 };
    const result = { run_ids: ['x'], at: 1 };
    expect(completion.succeed(rich, result)).toEqual({ ...lean, result });
    expect(completion.fail(rich, 'refused', 422)).toEqual({
      ...lean,
      failure: { reason: 'refused', status: 422 },
    });
    expect(completion.fail(rich, 'outcome_unknown')).toEqual({
      ...rich,
      failure: { reason: 'outcome_unknown' },
    });
  });

  const free = { mayHaveTakenEffect: false, charged: false };
  const charged = { mayHaveTakenEffect: false, charged: true };

  it('is put off with growing delays', () => {
    const first = completion.postpone(action(), NOW, charged);
    expect(first).toMatchObject({ tries: 1, delayed: 5 * SECOND, not_before: NOW + 5 * SECOND });
    expect(completion.postpone(first, NOW, charged)).toMatchObject({
      tries: 2,
      delayed: 15 * SECOND,
      not_before: NOW + 10 * SECOND,
    });
    expect(completion.postpone(action({ tries: 40 }), NOW, charged)).toMatchObject({
      not_before: NOW + HOUR,
    });
  });

  it('is not charged for a pause', () => {
    expect(completion.postpone(action({ tries: 3, delayed: DAY }), NOW, free)).toEqual(
      action({ tries: 3, delayed: DAY }),
    );
  });

  it('is exhausted when its delays add up to a day', () => {
    expect(completion.postpone(action({ delayed: DAY - 1 }), NOW, charged)).not.toHaveProperty('failure');
    expect(completion.postpone(action({ delayed: DAY }), NOW, charged)).toMatchObject({
      failure: { reason: 'exhausted' },
      body: '{}',
    });
    let record = action();
    let waited = 0;
    while (!record.failure) {
      record = completion.postpone(record, NOW, charged);
      waited = record.delayed;
    }
    expect(waited).toBeGreaterThanOrEqual(DAY);
  });

  it('remembers an attempt only when it may have taken effect', () => {
    const begun = { first: 1, last: 2 };
    expect(
      completion.postpone(action({ begun }), NOW, { mayHaveTakenEffect: true, charged: true }),
    ).toMatchObject({ begun });
    expect(
      completion.postpone(action({ begun }), NOW, { mayHaveTakenEffect: true, charged: false }),
    ).toMatchObject({ begun });
    expect(completion.postpone(action({ begun }), NOW, charged)).not.toHaveProperty('begun');
    expect(
      completion.postpone(action(), NOW, { mayHaveTakenEffect: true, charged: true }),
    ).not.toHaveProperty('begun');
  });

  it('is replaced in a copy', () => {
    const draft = item({ actions: [action(), action({ rule: 'b' })] });
    const changed = completion.withAction(draft, 1, action({ rule: 'c' }));
    expect(changed.actions?.map(({ rule }) => rule)).toEqual(['a', 'c']);
    expect(draft.actions?.map(({ rule }) => rule)).toEqual(['a', 'b']);
  });
});

describe('outcomeOf and release', () => {
  const done = action({ result: { run_ids: [], at: 1 } });
  const failed = action({ failure: { reason: 'refused', status: 400 } });
  const settled = (more: Partial<CompletionItem>) => item({ planned: 0, ...more });
  const of = (more: Partial<CompletionItem>) => completion.outcomeOf(settled(more)).kind;

  it('is open until every action is settled', () => {
    expect(of({})).toBe('open');
    expect(of({ actions: [done], round: 1 })).toBe('open');
    expect(of({ actions: [done, action()] })).toBe('open');
    expect(of({ actions: [failed, action()] })).toBe('open');
    expect(of({ actions: [] })).toBe('done');
    expect(of({ actions: [done] })).toBe('done');
    expect(completion.outcomeOf(settled({ actions: [done, failed] }))).toEqual({
      kind: 'failed',
      reason: 'refused',
      status: 400,
    });
    expect(completion.outcomeOf(settled({ failure: { reason: 'crashed' }, actions: [done] }))).toEqual({
      kind: 'failed',
      reason: 'crashed',
    });
  });

  it('leaves what is open without lease, expiry or crashes', () => {
    const left = completion.release(
      settled({ lease, crashes: 3, not_before: 1, actions: [action()] }),
      NOW,
      DAY,
      NOW + 5,
    );
    expect(left).toMatchObject({ crashes: 0, not_before: NOW + 5, updated_at: NOW, done: false });
    expect(left).not.toHaveProperty('lease');
    expect(left).not.toHaveProperty('ttl');
    const begun = { first: NOW, last: NOW };
    const crashesOf = (...actions: ActionRecord[]) =>
      completion.release(settled({ lease, crashes: 3, actions }), NOW, DAY, NOW + 5).crashes;
    expect(crashesOf(action({ begun }), action())).toBe(3);
    expect(crashesOf(action({ begun, not_before: NOW }))).toBe(3);
    expect(crashesOf(action({ begun, not_before: NOW + 1 }))).toBe(0);
    expect(crashesOf(action({ begun, result: { run_ids: [], at: NOW } }), action())).toBe(0);
    expect(completion.release(settled({ not_before: 1 }), NOW, DAY)).not.toHaveProperty('not_before');
  });

  it('gives an expiry to what is settled', () => {
    const ttl = (NOW + DAY) / 1000;
    expect(completion.release(settled({ lease, actions: [done] }), NOW, DAY)).toMatchObject({
      done: true,
      ttl,
      updated_at: NOW,
    });
    const failedOne = completion.release(settled({ lease, actions: [failed] }), NOW, DAY);
    expect(failedOne).toMatchObject({ done: false, ttl });
    expect(failedOne).not.toHaveProperty('lease');
  });
});
