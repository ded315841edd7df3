import { expect, it } from 'vitest';
import type { RunSnapshot } from '../../../../lambda/core/model/index.ts';
import { MINUTE } from '../../../../lambda/core/model/time.ts';
import { actionRecord } from '../../support/items.ts';
import { BEGUN, candidates, foundRun, iso, lookUp, lookUpPorts } from '../../support/look-up.ts';
import { START } from '../../support/system.ts';

const retry = actionRecord({ kind: 'retryRun', key: 'mine', begun: BEGUN });
const ours = { kind: 'ours', runIds: ['run-1'] };
const shown = (more: Partial<RunSnapshot>) => lookUpPorts([foundRun('run-1', { status: 'error', ...more })]);

it('a retry took effect if the run is active or has ended later than its completion', async () => {
  expect(await lookUp(shown({ status: 'running' }), retry, '{}', { endedAt: START })).toEqual(ours);
  expect(await lookUp(shown({ status: 'tomorrow' }), retry, '{}', { endedAt: START })).toEqual(ours);
  expect(await lookUp(shown({ ended_at: iso(START + 1) }), retry, '{}', { endedAt: START })).toEqual(ours);
  expect(await lookUp(shown({ ended_at: iso(START) }), retry, '{}', { endedAt: START })).toEqual(
    candidates(),
  );
  expect(await lookUp(shown({ ended_at: null }), retry, '{}', { endedAt: START })).toEqual(candidates());
});

it('a retry of a completion without an end is judged by the time of the attempt, and is ambiguous close to it', async () => {
  const traceOf = (end: number | undefined) =>
    lookUp(shown({ ended_at: end === undefined ? null : iso(end) }), retry, '{}', { endedAt: undefined });

  expect(await traceOf(START + MINUTE + 1)).toEqual(ours);
  expect(await traceOf(START - MINUTE - 1)).toEqual(candidates());
  expect(await traceOf(START + MINUTE)).toEqual({ kind: 'ambiguous' });
  expect(await traceOf(START - MINUTE)).toEqual({ kind: 'ambiguous' });
  expect(await traceOf(undefined)).toEqual({ kind: 'ambiguous' });
});

it('a look-up of a retry passes a failed call on', async () => {
  expect(await lookUp(lookUpPorts([]), retry)).toMatchObject({
    kind: 'unanswered',
    failure: { status: 404 },
  });
});
