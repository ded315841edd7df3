import { expect, it } from 'vitest';
import type { ActionRecord } from '../../lambda/core/model/index.ts';
import { outcomeOf, type Progress } from '../../ops/events/outcome.ts';
import type { EventSummary } from '../../ops/events/summary.ts';

const NOW = Date.parse('2026-11-29T10:00:00.000Z');

const event = (change: Partial<EventSummary> = {}): EventSummary => ({
  event_id: 'e1',
  type: 'run_complete',
  state: 'processed',
  received_at: '2026-11-29T09:59:00.000Z',
  failure: 0,
  round: 0,
  origin: 'webhook',
  ...change,
});

const action = (change: Partial<ActionRecord> = {}): ActionRecord => ({
  rule: 'follow',
  position: 0,
  kind: 'startRun',
  generation: 0,
  key: 'k',
  tries: 0,
  delayed: 0,
  ...change,
});

const done = (run_ids: string[] = []) => ({ result: { run_ids, at: NOW } });

const outcome = (change: Partial<EventSummary>, own?: Partial<Progress>, pause?: { until: number }) =>
  outcomeOf(event(change), { own: own && { owner: 'e1', ...own }, pause }, NOW);

it('an outcome counts what was done, and how often it was tried', () => {
  const actions = [
    action({ ...done(['r1', 'r2']), tries: 2 }),
    action({ kind: 'publish', ...done() }),
    action({ kind: 'publish', ...done() }),
    action({ kind: 'notify', ...done(), decision: { kind: 'skip', by: 'me', at: NOW } }),
  ];

  expect(outcome({}, { actions }).text).toBe(
    '2 runs started, published 2 times, 1 action skipped after 2 failed attempts',
  );
  expect(outcome({}, { actions: [] }).text).toBe('no rule asked for anything');
});

it('an outcome of a failed event names the rule, the answer and the field, and what needs a decision', () => {
  const refused = { reason: 'refused', status: 422, field: 'input_values.x' } as const;
  const unknown = action({ rule: 'chain', kind: 'startChain', failure: { reason: 'outcome_unknown' } });

  expect(outcome({ state: 'failed' }, { actions: [action({ failure: refused }), unknown] })).toEqual({
    text: 'follow: HTTP 422 (input_values.x), and 1 more',
    undecided: [{ number: 2, rule: 'chain', kind: 'startChain' }],
  });
});

it('an outcome of a failed event without actions names the rule that threw', () => {
  const failure = { reason: 'rule_threw', thrown: { rule: 'mine', error: 'TypeError' } } as const;

  expect(outcome({ state: 'failed', reason: 'rule_threw' }, { failure }).text).toBe(
    'rule "mine" threw TypeError',
  );
  expect(outcome({ state: 'failed', reason: 'crashed' }).text).toBe('the processor crashed on it five times');
});

it('an outcome of a waiting event says why, and when it is tried next', () => {
  const actions = [action({ tries: 3, last_failure: { kind: 'answered', status: 503, at: NOW } })];

  expect(outcome({ state: 'received' }, { actions, not_before: NOW + 60_000 })).toEqual({
    text: '3 failed attempts: HTTP 503',
    next_at: '2026-11-29T10:01:00.000Z',
  });
  expect(outcome({ state: 'received' }, { lease: { token: 't', until: NOW + 1 } }).text).toBe(
    'a worker is processing it',
  );
});

it('an outcome of an event that no worker has begun names a pause only while that lasts', () => {
  expect(outcome({ state: 'received' }, undefined, { until: NOW + 60_000 })).toEqual({
    text: 'calls are paused',
    next_at: '2026-11-29T10:01:00.000Z',
  });
  expect(outcome({ state: 'received' }, undefined, { until: NOW }).text).toBe('waiting for a worker');
});

it('an outcome of an event that never acts says why in a few words', () => {
  expect(outcome({ state: 'ignored', reason: 'not_terminal' }).text).toBe('its run has not ended');
  expect(outcome({ state: 'unprocessable', reason: 'not_json' }).text).toBe('its body is not JSON');
  expect(outcome({ duplicate_of: 'e0' }).text).toBe('duplicate of e0');
});

it('an outcome says that Cyberdesk has not said when the run ended, and when it is asked again', () => {
  const unidentified = {
    tries: 2,
    delayed: 120_000,
    not_before: NOW + 60_000,
    last_failure: { kind: 'answered' as const, status: 500, at: NOW },
    round: 0,
  };
  const text = 'Cyberdesk did not say when the run ended: HTTP 500 (2 failed attempts)';
  const shown = (state: 'received' | 'failed') =>
    outcomeOf(event({ state }), { own: undefined, pause: undefined, unidentified }, NOW);

  expect(shown('received')).toEqual({ text, next_at: '2026-11-29T10:01:00.000Z' });
  expect(shown('failed')).toEqual({ text });
});
