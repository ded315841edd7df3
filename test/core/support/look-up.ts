import {
  type ActionRecord,
  endedAtCompletion,
  type LineageItem,
  type RunSnapshot,
} from '../../../lambda/core/model/index.ts';
import { SECOND } from '../../../lambda/core/model/time.ts';
import { executionOf, type LookUpPorts, type Trace } from '../../../lambda/core/plan/kinds/index.ts';
import { TableModel } from '../../simulation/model/table.ts';
import { runSnapshot, TestCyberdesk } from './cyberdesk.ts';
import { actionRecord, eventItem, lineageItem } from './items.ts';
import { START, TestSystem } from './system.ts';
import { asTable } from './world.ts';

export const iso = (at: number) => new Date(at).toISOString();

/** When the attempts began whose responses were lost. */
export const BEGUN = { first: START, last: START + 5 * SECOND };

/** An action that starts the runs of {@link foundRun}. */
export const startAction = actionRecord({
  key: 'mine',
  begun: BEGUN,
  body: '{"workflow_id":"next","input_values":{"a":1,"b":2}}',
});

export const foundRun = (id: string, more: Partial<RunSnapshot> = {}): RunSnapshot =>
  runSnapshot({ id, workflow_id: 'next', input_values: { b: 2, a: 1 }, session_id: null, ...more });

/** The API shows `runs`; `lineages` are stored by run id. */
export function lookUpPorts(runs: RunSnapshot[], lineages: Record<string, Partial<LineageItem>> = {}) {
  const model = new TableModel();
  for (const [id, more] of Object.entries(lineages)) model.force(lineageItem(id, more));
  const cyberdesk = new TestCyberdesk();
  cyberdesk.runs = runs;
  return { table: asTable(model), cyberdesk, system: new TestSystem() };
}

/** Looks up what attempts of an action have left, for a completion of `run-1`, with as much time as it takes. */
export async function lookUp(
  ports: LookUpPorts,
  record: ActionRecord = startAction,
  body = record.body ?? '',
  { completion = endedAtCompletion(5), until = Number.POSITIVE_INFINITY } = {},
): Promise<Trace> {
  const execution = executionOf(record);
  if (execution.kind !== 'call') throw new Error('this action does not call Cyberdesk');
  const call = { record, body, event: eventItem(), completion, keys: [record.key] };
  return execution.lookUp(ports, call, { until });
}

export const candidate = (...runIds: string[]): Trace => ({ kind: 'candidate', runIds });
export const NONE: Trace = { kind: 'none' };
export const AMBIGUOUS: Trace = { kind: 'ambiguous' };
