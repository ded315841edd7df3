import { expect, it } from 'vitest';
import type { RunSnapshot } from '../../../../lambda/core/model/index.ts';
import { MINUTE } from '../../../../lambda/core/model/time.ts';
import { parseExact } from '../../../../lambda/json/parse.ts';
import { startChain } from '../../../../lambda/rules/index.ts';
import { answered, callFailure } from '../../support/cyberdesk.ts';
import { actionRecord } from '../../support/items.ts';
import {
  AMBIGUOUS,
  BEGUN,
  candidate,
  foundRun,
  iso,
  lookUp,
  lookUpPorts,
  NONE,
} from '../../support/look-up.ts';
import { anyAction, plannedActions, planOf } from '../../support/plan.ts';
import { action, lineage, processEvent, setUp } from '../../support/scenario.ts';
import { START } from '../../support/system.ts';

const chain = actionRecord({ kind: 'startChain', key: 'mine', begun: BEGUN });
const body = JSON.stringify({
  shared_inputs: { a: 1, b: 0 },
  steps: [
    { workflow_id: 'next', inputs: { b: 2 } },
    { workflow_id: 'other', inputs: { c: 1 } },
  ],
});
const step = (id: string, session: string, more: Partial<RunSnapshot> = {}) =>
  foundRun(id, { session_id: session, ...more });
const second = (id: string, session: string, more = {}) =>
  step(id, session, { workflow_id: 'other', input_values: { a: 1, b: 0, c: 1 }, ...more });

it('a lookup finds the sessions that hold every step of a chain, in the order of the steps', async () => {
  expect(await lookUp(lookUpPorts([second('y', 's'), step('x', 's')]), chain, body)).toEqual(
    candidate('x', 'y'),
  );
  expect(await lookUp(lookUpPorts([second('y', 's')]), chain, body)).toEqual(NONE);
});

it.each<[string, RunSnapshot[]]>([
  ['shows no session', [step('x', 's', { session_id: undefined }), second('y', 's')]],
  ['shows null as its session', [step('x', 's', { session_id: null }), second('y', 's')]],
  ['lacks a later step, which may have been deleted', [step('x', 's')]],
  ['lacks a later step beside a whole chain', [step('x', 's'), second('y', 's'), step('z', 't')]],
  [
    'does not show what its steps share',
    [step('x', 's', { input_values: { b: 2 } }), second('y', 's', { input_values: { c: 1 } })],
  ],
])('a chain that %s leaves a lookup ambiguous', async (_, runs) => {
  expect(await lookUp(lookUpPorts(runs), chain, body)).toEqual(AMBIGUOUS);
});

it('a chain that lacks a step is never started again while the rest shows our key or our lineage', async () => {
  const keyed = step('x', 's', { input_values: { a: 1, b: 2, by: 'mine' } });

  expect(await lookUp(lookUpPorts([keyed]), { ...chain, correlate: 'by' }, body)).toEqual(AMBIGUOUS);
  expect(await lookUp(lookUpPorts([step('x', 's')], { x: { action: 'mine' } }), chain, body)).toEqual(
    AMBIGUOUS,
  );
  expect(await lookUp(lookUpPorts([step('x', 's')], { x: { action: 'theirs' } }), chain, body)).toEqual(NONE);
});

it('a lookup distinguishes chains by every digit of their inputs', async () => {
  const sent = '{"steps":[{"workflow_id":"next","inputs":{"a":9007199254740993}},{"workflow_id":"other"}]}';
  const shown = (account: string) =>
    lookUpPorts([step('x', 's', { input_values: parseExact(`{"a":${account}}`) }), second('y', 's')]);

  expect(await lookUp(shown('9007199254740993'), chain, sent)).toEqual(candidate('x', 'y'));
  expect(await lookUp(shown('9007199254740995'), chain, sent)).toEqual(AMBIGUOUS);
});

it('a lookup recognises its own chain by the lineage of any step, and is sure of it by those of all', async () => {
  const runs = [step('x', 's'), second('y', 's'), step('v', 't'), second('w', 't')];
  const mine = { action: 'mine' };

  // A run of others may stand where another step of ours is not listed yet.
  expect(await lookUp(lookUpPorts(runs, { y: mine }), chain, body)).toEqual(candidate('x', 'y'));
  expect(await lookUp(lookUpPorts(runs, { x: mine, y: mine }), chain, body)).toEqual({
    kind: 'ours',
    runIds: ['x', 'y'],
  });
});

it('a lookup in a joined session leaves out runs that are older or belong to others, and two equal chains are ambiguous', async () => {
  const others = lookUpPorts([step('x', 's'), second('y', 's')], {
    x: { action: 'other' },
    y: { action: 'other' },
  });
  expect(await lookUp(others, chain, body)).toEqual(NONE);

  const old = lookUpPorts([
    second('o', 's', { created_at: iso(START - 2 * MINUTE) }),
    step('x', 's'),
    second('y', 's'),
  ]);
  expect(await lookUp(old, chain, body)).toEqual(candidate('x', 'y'));

  const two = lookUpPorts([step('x', 's'), second('y', 's'), step('v', 's'), second('w', 's')]);
  expect(await lookUp(two, chain, body)).toEqual(AMBIGUOUS);
});

it('a lookup finds a chain whose steps are all equal', async () => {
  const twice = JSON.stringify({
    shared_inputs: { a: 1, b: 2 },
    steps: [{ workflow_id: 'next' }, { workflow_id: 'next' }],
  });
  expect(await lookUp(lookUpPorts([step('x', 's'), step('y', 's')]), chain, twice)).toEqual(
    candidate('x', 'y'),
  );
});

it('a lookup of a chain passes on a failed call for a session', async () => {
  const p = lookUpPorts([step('x', 's')]);
  const failure = callFailure();
  p.cyberdesk.answers.findRuns = ({ sessionId }) =>
    sessionId ? failure : answered({ runs: [step('x', 's')] });

  expect(await lookUp(p, chain, body)).toEqual({ kind: 'unanswered', failure });
});

it('a chain writes the lineage of each of its runs', async () => {
  await setUp({
    name: 'r',
    actions: () => startChain({ steps: [{ workflow_id: 'a' }, { workflow_id: 'b' }] }),
  });

  await processEvent();

  expect(action().result?.run_ids).toEqual(['step-1', 'step-2']);
  expect(lineage('step-2')).toMatchObject({ depth: 1 });
});

it('a chain with correlate carries our key in the inputs of its first step, beside those that it has', () => {
  const [planned] = plannedActions(
    planOf(() =>
      startChain(
        { steps: [{ workflow_id: 'next', inputs: { b: 2 } }, { workflow_id: 'other' }] },
        { correlate: 'by' },
      ),
    ),
  );

  expect(JSON.parse(planned?.body ?? '')).toEqual({
    steps: [{ workflow_id: 'next', inputs: { b: 2, by: planned?.key } }, { workflow_id: 'other' }],
  });
});

it('a chain of rules in plain JavaScript that has no steps is sent as it is', () => {
  const [planned] = plannedActions(
    planOf(() => anyAction({ ...startChain({ steps: [] }, { correlate: 'by' }) })),
  );

  expect(JSON.parse(planned?.body ?? '').steps[0]).toEqual({ inputs: { by: planned?.key } });
});
