import { expect, it } from 'vitest';
import type { RunSnapshot } from '../../../../lambda/core/model/index.ts';
import { SECOND } from '../../../../lambda/core/model/time.ts';
import {
  executionOf,
  type LookUpPorts,
  runsStartedWith,
  type StartedWith,
} from '../../../../lambda/core/plan/kinds/index.ts';
import { answered, callFailure } from '../../support/cyberdesk.ts';
import { actionRecord, eventItem } from '../../support/items.ts';
import { BEGUN, foundRun, iso, lookUpPorts } from '../../support/look-up.ts';
import { START } from '../../support/system.ts';

const body = '{"steps":[{"workflow_id":"next"},{"workflow_id":"other"}]}';
const first = (id: string, more: Partial<RunSnapshot> = {}) => foundRun(id, { session_id: 's', ...more });
const second = (id: string, more: Partial<RunSnapshot> = {}) => first(id, { workflow_id: 'other', ...more });

/** What a chain has started, if a person says that `run` is its first one. */
async function startedWith(ports: LookUpPorts, run: RunSnapshot): Promise<StartedWith> {
  const record = actionRecord({ kind: 'startChain', key: 'mine', begun: BEGUN, body });
  const execution = executionOf(record);
  if (execution.kind !== 'call') throw new Error('a chain calls Cyberdesk');
  const call = { record, body, event: eventItem(), completion: 'completion#1', keys: ['mine'] };
  return runsStartedWith(ports, execution, call, { run, limit: { until: Number.POSITIVE_INFINITY } });
}

const found = (...runIds: string[]): StartedWith => ({ kind: 'found', runIds });

it('a chain whose first run a person named consists of that run, even if an equal one is listed before it', async () => {
  const ports = lookUpPorts([first('v'), first('x'), second('y')]);

  expect(await startedWith(ports, first('x'))).toEqual(found('x', 'y'));
});

it('a chain has neither the run of its event among its runs, nor one of another session', async () => {
  const own = second('run-1', { created_at: iso(START + SECOND) });
  const other = second('z', { session_id: 't' });
  const ports = lookUpPorts([]);
  ports.cyberdesk.answers.findRuns = () => answered({ runs: [first('x'), own, other] });

  expect(await startedWith(ports, first('x'))).toEqual({ kind: 'incomplete' });
});

it('a chain has no run among its runs that has led to its event', async () => {
  const ports = lookUpPorts([first('x'), second('y')], { 'run-1': { parent: 'run#y completion#1' } });

  expect(await startedWith(ports, first('x'))).toEqual({ kind: 'led_here' });
});

it('a run that does not show its workflow is of the one that the person says it is of', async () => {
  const ports = lookUpPorts([first('x'), second('y')]);

  expect(await startedWith(ports, first('x', { workflow_id: undefined }))).toEqual(found('x', 'y'));
  expect(await startedWith(ports, first('x', { workflow_id: 'third' }))).toEqual({ kind: 'other_workflow' });
});

it('a chain whose first run a person named has only later runs of the same session', async () => {
  const early = second('early', { created_at: iso(START - 1) });

  expect(await startedWith(lookUpPorts([early, first('x'), second('y')]), first('x'))).toEqual(
    found('x', 'y'),
  );
  expect(await startedWith(lookUpPorts([early, first('x')]), first('x'))).toEqual({ kind: 'incomplete' });
  expect(await startedWith(lookUpPorts([first('x'), second('y', { session_id: 't' })]), first('x'))).toEqual({
    kind: 'incomplete',
  });
});

it('a chain whose first run a person named is incomplete if another action has one of its runs', async () => {
  const runs = [first('x'), second('y')];

  expect(await startedWith(lookUpPorts(runs, { y: { action: 'theirs' } }), first('x'))).toEqual({
    kind: 'incomplete',
  });
  expect(await startedWith(lookUpPorts(runs, { y: { action: 'mine' } }), first('x'))).toEqual(
    found('x', 'y'),
  );
});

it.each([null, undefined])(
  'a chain whose first run shows %s as its session is incomplete, as its steps cannot be found',
  async (session_id) => {
    const run = first('x', { session_id });
    const ports = lookUpPorts([run, second('y', { session_id })]);

    expect(await startedWith(ports, run)).toEqual({ kind: 'incomplete' });
    expect(ports.cyberdesk.calls).toEqual([]);
  },
);

it('a chain is not judged while the list of the session that a person named fails', async () => {
  const ports = lookUpPorts([first('x'), second('y')]);
  const failure = callFailure({ status: 503 });
  ports.cyberdesk.answers.findRuns = () => failure;

  expect(await startedWith(ports, first('x'))).toEqual({ kind: 'unanswered', failure });
});

it('a run of another workflow is not the first one of a chain, whatever a person says', async () => {
  expect(await startedWith(lookUpPorts([first('x'), second('y')]), second('y'))).toEqual({
    kind: 'other_workflow',
  });
});
