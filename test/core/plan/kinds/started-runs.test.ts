import { expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../../lambda/core/model/time.ts';
import { callFailure } from '../../support/cyberdesk.ts';
import { candidates, foundRun, iso, lookUp, lookUpPorts, startAction } from '../../support/look-up.ts';
import { START } from '../../support/system.ts';

it('a look-up finds a run with the same workflow and equal inputs in any order', async () => {
  expect(await lookUp(lookUpPorts([foundRun('x'), foundRun('y', { workflow_id: 'other' })]))).toEqual(
    candidates(['x']),
  );
  expect(await lookUp(lookUpPorts([foundRun('x', { input_values: { a: 1 } })]))).toEqual(candidates());
  expect(await lookUp(lookUpPorts([]))).toEqual(candidates());
});

it('a look-up treats absent inputs as empty ones', async () => {
  const p = lookUpPorts([foundRun('x', { input_values: null })]);

  expect(await lookUp(p, startAction, '{"workflow_id":"next"}')).toEqual(candidates(['x']));
  expect(await lookUp(p, startAction, '{"workflow_id":"next","input_values":{}}')).toEqual(candidates(['x']));
  expect(await lookUp(p, startAction, '{"workflow_id":"next","input_values":null}')).toEqual(
    candidates(['x']),
  );
});

it('a look-up considers only the time in which the attempts may have taken effect', async () => {
  const from = START - MINUTE;
  const to = START + 5 * SECOND + 40 * SECOND + MINUTE;
  for (const [at, isIn] of [
    [from - 1, false],
    [from, true],
    [to, true],
    [to + 1, false],
  ] as const) {
    expect(await lookUp(lookUpPorts([foundRun('x', { created_at: iso(at) })]))).toEqual(
      isIn ? candidates(['x']) : candidates(),
    );
  }

  expect(await lookUp(lookUpPorts([foundRun('x', { created_at: 'never' })]))).toEqual(candidates());

  const p = lookUpPorts([]);

  await lookUp(p);

  expect(p.cyberdesk.named('findRuns')[0]?.args[0]).toEqual({
    workflowId: 'next',
    createdFrom: from,
    createdTo: to,
  });
});

it('a look-up returns every run that fits', async () => {
  expect(await lookUp(lookUpPorts([foundRun('x'), foundRun('y')]))).toEqual(candidates(['x'], ['y']));
});

it('a look-up recognizes its own run by its lineage among equal runs', async () => {
  expect(await lookUp(lookUpPorts([foundRun('x'), foundRun('y')], { y: { action: 'mine' } }))).toEqual({
    kind: 'ours',
    runIds: ['y'],
  });
});

it('a look-up leaves out runs that belong to other actions', async () => {
  expect(await lookUp(lookUpPorts([foundRun('x'), foundRun('y')], { x: { action: 'other' } }))).toEqual(
    candidates(['y']),
  );
  expect(await lookUp(lookUpPorts([foundRun('x')], { x: { retried: ['completion#1'] } }))).toEqual(
    candidates(['x']),
  );
});

it('a look-up reports that another action has adopted an equal run', async () => {
  expect(await lookUp(lookUpPorts([foundRun('x')], { x: { action: 'other', adopted: true } }))).toEqual({
    kind: 'candidates',
    groups: [],
    contested: true,
  });
});

it('a look-up of a started run passes a failed call on', async () => {
  const p = lookUpPorts([]);
  const failure = callFailure({ status: 503 });
  p.cyberdesk.answers.findRuns = () => failure;

  expect(await lookUp(p)).toEqual({ kind: 'unanswered', failure });
});
