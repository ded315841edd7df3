import { describe, expect, it } from 'vitest';
import type { ActionRecord, RunSnapshot } from '../../../lambda/core/model/index.ts';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import {
  type Call,
  executionOf,
  type LookUpPorts,
  type Trace,
} from '../../../lambda/core/plan/kinds/index.ts';
import { TableModel } from '../../simulation/model/table.ts';
import { TestCyberdesk } from '../support/cyberdesk.ts';
import { START } from '../support/system.ts';
import { asTable } from '../support/world.ts';

const iso = (at: number) => new Date(at).toISOString();
const found = (id: string, more: Partial<RunSnapshot> = {}): RunSnapshot => ({
  id,
  workflow_id: 'next',
  status: 'running',
  created_at: iso(START),
  input_values: { b: 2, a: 1 },
  session_id: null,
  ...more,
});

type LookUp = (ports: LookUpPorts, call: Call) => Promise<Trace>;

const base = { key: 'mine', begun: { first: START, last: START + 5 * SECOND } };
const start = { ...base, kind: 'startRun' } as ActionRecord;
const startBody = '{"workflow_id":"next","input_values":{"a":1,"b":2}}';

function ports(runs: RunSnapshot[], lineages: Record<string, object> = {}) {
  const model = new TableModel();
  for (const [id, more] of Object.entries(lineages)) {
    model.force({ pk: `run#${id}`, sk: 'lineage', v: 1, tag: 't', depth: 1, retried: [], ...more } as never);
  }
  const cyberdesk = new TestCyberdesk();
  cyberdesk.runs = runs;
  return { table: asTable(model), cyberdesk };
}
const lookUp: LookUp = (ports, call) => {
  const execution = executionOf(call.record);
  if (execution.kind !== 'call') throw new Error('not a call');
  return execution.lookUp(ports, call, { until: 0 });
};
const look = (
  p: ReturnType<typeof ports>,
  action = start,
  body = startBody,
  endedAt: number | undefined = 5,
) => lookUp(p, { record: action, body, run: { id: 'run-1', endedAt } });
const candidates = (...groups: string[][]) => ({ kind: 'candidates', groups, contested: false });

describe('look-up of a started run', () => {
  it('finds a run with the same workflow and equal inputs, whatever their order', async () => {
    expect(await look(ports([found('x'), found('y', { workflow_id: 'other' })]))).toEqual(candidates(['x']));
    expect(await look(ports([found('x', { input_values: { a: 1 } })]))).toEqual(candidates());
    expect(await look(ports([]))).toEqual(candidates());
  });

  it('takes absent inputs for empty ones', async () => {
    const p = ports([found('x', { input_values: null })]);
    expect(await look(p, start, '{"workflow_id":"next"}')).toEqual(candidates(['x']));
    expect(await look(p, start, '{"workflow_id":"next","input_values":{}}')).toEqual(candidates(['x']));
    expect(await look(p, start, '{"workflow_id":"next","input_values":null}')).toEqual(candidates(['x']));
  });

  it('looks only where the attempts may have taken effect', async () => {
    const from = START - MINUTE;
    const to = START + 5 * SECOND + 40 * SECOND + MINUTE;
    for (const [at, isIn] of [
      [from - 1, false],
      [from, true],
      [to, true],
      [to + 1, false],
    ] as const) {
      expect(await look(ports([found('x', { created_at: iso(at) })]))).toEqual(
        isIn ? candidates(['x']) : candidates(),
      );
    }
    expect(await look(ports([found('x', { created_at: 'never' })]))).toEqual(candidates());
    const p = ports([]);
    await look(p);
    expect(p.cyberdesk.named('findRuns')[0]?.args[0]).toEqual({
      workflowId: 'next',
      createdFrom: from,
      createdTo: to,
    });
  });

  it('shows all that fit, and guesses nothing', async () => {
    expect(await look(ports([found('x'), found('y')]))).toEqual(candidates(['x'], ['y']));
  });

  it('knows its own run by its lineage, beside any other', async () => {
    expect(await look(ports([found('x'), found('y')], { y: { action: 'mine' } }))).toEqual({
      kind: 'ours',
      runIds: ['y'],
    });
  });

  it('leaves other actions their runs', async () => {
    expect(await look(ports([found('x'), found('y')], { x: { action: 'other' } }))).toEqual(
      candidates(['y']),
    );
    expect(await look(ports([found('x')], { x: { retried: ['completion#1'] } }))).toEqual(candidates(['x']));
  });

  it('tells when another action has taken an equal run by a look-up', async () => {
    expect(await look(ports([found('x')], { x: { action: 'other', adopted: true } }))).toEqual({
      kind: 'candidates',
      groups: [],
      contested: true,
    });
  });

  it('passes on that there was no answer', async () => {
    const p = ports([]);
    const failure = { kind: 'failed' as const, status: 503, mayHaveTakenEffect: false };
    p.cyberdesk.answers.findRuns = () => failure as never;
    expect(await look(p)).toEqual({ kind: 'unanswered', failure });
  });
});

describe('look-up of a chain', () => {
  const chain = { ...base, kind: 'startChain' } as ActionRecord;
  const body = JSON.stringify({
    shared_inputs: { a: 1, b: 0 },
    steps: [
      { workflow_id: 'next', inputs: { b: 2 } },
      { workflow_id: 'other', inputs: { c: 1 } },
    ],
  });
  const step = (id: string, session: string, more: Partial<RunSnapshot> = {}) =>
    found(id, { session_id: session, ...more });
  const second = (id: string, session: string, more = {}) =>
    step(id, session, { workflow_id: 'other', input_values: { a: 1, b: 0, c: 1 }, ...more });

  it('finds sessions whose steps are all there, in their order', async () => {
    expect(await look(ports([second('y', 's'), step('x', 's'), step('z', 't')]), chain, body)).toEqual(
      candidates(['x', 'y']),
    );
    expect(await look(ports([second('y', 's')]), chain, body)).toEqual(candidates());
    expect(await look(ports([step('x', 's', { session_id: null }), second('y', 's')]), chain, body)).toEqual(
      candidates(),
    );
  });

  it('knows its own by the lineage of any step', async () => {
    const p = ports([step('x', 's'), second('y', 's'), step('v', 't'), second('w', 't')], {
      y: { action: 'mine' },
    });
    expect(await look(p, chain, body)).toEqual({ kind: 'ours', runIds: ['x', 'y'] });
  });

  it('does not take what is another’s, older or doubtful in a joined session', async () => {
    const others = ports([step('x', 's'), second('y', 's')], {
      x: { action: 'other' },
      y: { action: 'other' },
    });
    expect(await look(others, chain, body)).toEqual(candidates());
    const old = ports([
      second('o', 's', { created_at: iso(START - 2 * MINUTE) }),
      step('x', 's'),
      second('y', 's'),
    ]);
    expect(await look(old, chain, body)).toEqual(candidates(['x', 'y']));
    const two = ports([step('x', 's'), second('y', 's'), step('v', 's'), second('w', 's')]);
    expect(((await look(two, chain, body)) as { groups: string[][] }).groups).toHaveLength(2);
  });

  it('is not confused by steps that look alike', async () => {
    const twice = JSON.stringify({
      shared_inputs: { a: 1, b: 2 },
      steps: [{ workflow_id: 'next' }, { workflow_id: 'next' }],
    });
    expect(await look(ports([step('x', 's'), step('y', 's')]), chain, twice)).toEqual(candidates(['x', 'y']));
  });

  it('passes on that a session brought no answer', async () => {
    const p = ports([step('x', 's')]);
    const failure = { kind: 'failed' as const, mayHaveTakenEffect: false };
    p.cyberdesk.answers.findRuns = ((query: { sessionId?: string }) =>
      query.sessionId ? failure : answered([step('x', 's')])) as never;
    expect(await look(p, chain, body)).toEqual({ kind: 'unanswered', failure });
  });
});

describe('look-up of a retry', () => {
  const retry = { ...base, kind: 'retryRun' } as ActionRecord;
  const ours = { kind: 'ours', runIds: ['run-1'] };
  const at = (more: Partial<RunSnapshot>) => ports([found('run-1', { status: 'error', ...more })]);

  it('is done when the run is active or has ended later', async () => {
    expect(await look(at({ status: 'running' }), retry, '{}', START)).toEqual(ours);
    expect(await look(at({ status: 'tomorrow' }), retry, '{}', START)).toEqual(ours);
    expect(await look(at({ ended_at: iso(START + 1) }), retry, '{}', START)).toEqual(ours);
    expect(await look(at({ ended_at: iso(START) }), retry, '{}', START)).toEqual(candidates());
    expect(await look(at({ ended_at: null }), retry, '{}', START)).toEqual(candidates());
  });

  it('judges by the attempt where the completion knows no end, and not when it is near', async () => {
    const go = (end: number | undefined) =>
      lookUp(at({ ended_at: end === undefined ? null : iso(end) }), {
        record: retry,
        body: '{}',
        run: { id: 'run-1', endedAt: undefined },
      });
    expect(await go(START + MINUTE + 1)).toEqual(ours);
    expect(await go(START - MINUTE - 1)).toEqual(candidates());
    expect(await go(START + MINUTE)).toEqual({ kind: 'ambiguous' });
    expect(await go(START - MINUTE)).toEqual({ kind: 'ambiguous' });
    expect(await go(undefined)).toEqual({ kind: 'ambiguous' });
  });

  it('passes on that there was no answer', async () => {
    expect(await look(ports([]), retry)).toMatchObject({ kind: 'unanswered', failure: { status: 404 } });
  });
});
