import { expect, it } from 'vitest';
import { AMBIGUOUS, candidate, foundRun, lookUp, lookUpPorts, startAction } from '../../support/look-up.ts';

const UNCLEAR = { kind: 'unanswered', failure: { unclear: true } };
const HIDDEN = { status: 'running', input_values: null };
const ended = (id: string, more: object = {}) => foundRun(id, { status: 'success', ...more });

it('an exact run that has ended is not taken beside an active one whose inputs may not be shown yet', async () => {
  for (const status of ['scheduling', 'running_checks', undefined, 'unheard_of'])
    expect(
      await lookUp(lookUpPorts([ended('x'), foundRun('y', { ...HIDDEN, status })])),
      status,
    ).toMatchObject(UNCLEAR);
});

it('an exact run is taken beside one without inputs that has ended or that another action has', async () => {
  expect(await lookUp(lookUpPorts([ended('x'), ended('y', { input_values: null })]))).toEqual(candidate('x'));
  const taken = { y: { action: 'theirs' } };
  expect(await lookUp(lookUpPorts([ended('x'), foundRun('y', HIDDEN)], taken))).toEqual(candidate('x'));
  // Nor is anything gained by waiting for what another action has.
  expect(await lookUp(lookUpPorts([ended('x'), ended('z'), foundRun('y', HIDDEN)], taken))).toEqual(
    AMBIGUOUS,
  );
});

it('an exact run is taken beside one without inputs where the list shows those of active runs', async () => {
  const shown = [
    [foundRun('x', { status: 'running' })],
    [ended('x'), foundRun('z', { status: 'running', input_values: { a: 9 } })],
  ];
  for (const runs of shown)
    expect(await lookUp(lookUpPorts([...runs, foundRun('y', HIDDEN)]))).toEqual(candidate('x'));
});

it('an active run without inputs is waited for only if the list shows inputs, and inputs were sent', async () => {
  const hidden = foundRun('y', HIDDEN);
  expect(await lookUp(lookUpPorts([hidden, ended('z', { input_values: { a: 9 } })]))).toMatchObject(UNCLEAR);
  expect(await lookUp(lookUpPorts([hidden]))).toEqual(AMBIGUOUS);
  expect(await lookUp(lookUpPorts([hidden, ended('z')]), startAction, '{"workflow_id":"next"}')).toEqual(
    AMBIGUOUS,
  );
});

it('a chain waits for a later step that is still active and shows no inputs', async () => {
  const chain = {
    ...startAction,
    kind: 'startChain' as const,
    body: '{"steps":[{"workflow_id":"next","inputs":{"a":1,"b":2}},{"workflow_id":"then","inputs":{"c":3}}]}',
  };
  const inSession = { session_id: 's' };
  const second = (more: object) => foundRun('y', { ...inSession, workflow_id: 'then', ...more });

  expect(await lookUp(lookUpPorts([ended('x', inSession), second(HIDDEN)]), chain)).toMatchObject(UNCLEAR);
  const later = second({ status: 'success', input_values: { c: 3 } });
  expect(await lookUp(lookUpPorts([ended('x', inSession), later]), chain)).toEqual(candidate('x', 'y'));
});
