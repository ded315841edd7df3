import { isTerminal } from '../../cyberdesk/run-status.ts';
import { parseTime } from '../../cyberdesk/time.ts';
import type { CallLimit, CallOutcome, Cyberdesk, RunSnapshot, Table } from '../model/index.ts';
import {
  type ActionRecord,
  CLOCK_SKEW,
  canonicalJson,
  type LineageItem,
  lineageKey,
} from '../model/index.ts';
import { load } from '../store/index.ts';
import { EFFECT_WITHIN } from './doubt.ts';

/** What an earlier attempt of an action has left at Cyberdesk. */
export type Trace =
  /** Ours for sure. */
  | { kind: 'ours'; runIds: string[] }
  /** What it may have started; several cannot be told apart, and are left to a person. */
  | { kind: 'candidates'; groups: string[][]; contested: boolean }
  | { kind: 'ambiguous' }
  | Unanswered;

export interface Unanswered {
  kind: 'unanswered';
  outcome: Extract<CallOutcome<unknown>, { ok: false }>;
}

export interface LookUpPorts {
  table: Table;
  cyberdesk: Cyberdesk;
}

/**
 * Looks for what attempts without an answer may have started, before anything is sent again: the idempotency key
 * may have been forgotten meanwhile. A candidate has the same workflow, equal inputs, was created in the attempts'
 * window, and no other action has its lineage.
 */
export async function lookUp(
  ports: LookUpPorts,
  action: ActionRecord,
  run: { id: string; endedAt: number | undefined },
  body: string,
  limit: CallLimit,
): Promise<Trace> {
  if (action.kind === 'retryRun') return lookUpRetry(ports, action, run, limit);
  const { first, last } = action.begun ?? { first: 0, last: 0 };
  const window = { createdFrom: first - CLOCK_SKEW, createdTo: last + EFFECT_WITHIN + CLOCK_SKEW };
  const wanted = describe(action, body);
  const query = { workflowId: wanted.workflowIds[0] as string, ...window };
  const listed = await ports.cyberdesk.findRuns(query, limit);
  if (!listed.ok) return { kind: 'unanswered', outcome: listed };
  const alike = listed.value.filter((it) => isWithin(it, window) && hasInputs(it, wanted));

  const sessionsOrRuns: RunSnapshot[][] = [];
  if (action.kind === 'startRun') sessionsOrRuns.push(...alike.map((it) => [it]));
  else {
    for (const sessionId of new Set(alike.map((it) => it.session_id).filter((id) => id != null))) {
      const session = await ports.cyberdesk.findRuns({ sessionId }, limit);
      if (!session.ok) return { kind: 'unanswered', outcome: session };
      // A session that was joined holds older runs too.
      sessionsOrRuns.push(session.value.filter((it) => isWithin(it, window)));
    }
  }

  const groups: string[][] = [];
  let contested = false;
  for (const runs of sessionsOrRuns) {
    const lineages = await Promise.all(runs.map(({ id }) => load<LineageItem>(ports.table, lineageKey(id))));
    const isOurs = lineages.some((lineage) => lineage?.action === action.key);
    const open = runs.filter((_, i) => isFree(lineages[i], action.key));
    const group = inStepOrder(open, wanted);
    // Our own lineage is the surest trace: an earlier invocation adopted these and died before the result.
    if (isOurs && group) return { kind: 'ours', runIds: group };
    if (group) groups.push(group);
    // Two chains with equal beginnings in one session: which runs belong together is not to be seen.
    if (group && open.filter((it) => isFirst(it, wanted)).length > wanted.firsts) groups.push(group);
    // Another action with equal inputs has taken this run by a look-up; it may be ours in truth.
    if (!group) contested ||= lineages.some((lineage) => lineage?.adopted === true);
  }
  return { kind: 'candidates', groups, contested };
}

const isFree = (lineage: LineageItem | undefined, action: string) =>
  lineage?.action === undefined || lineage.action === action;

/** A run retried in place is active again, or has ended later than the completion that asked for it. */
async function lookUpRetry(
  { cyberdesk }: LookUpPorts,
  action: ActionRecord,
  run: { id: string; endedAt: number | undefined },
  limit: CallLimit,
): Promise<Trace> {
  const got = await cyberdesk.getRun(run.id, limit);
  if (!got.ok) return { kind: 'unanswered', outcome: got };
  const ours: Trace = { kind: 'ours', runIds: [run.id] };
  const none: Trace = { kind: 'candidates', groups: [], contested: false };
  if (!isTerminal(got.value.status)) return ours;
  const endedAt = parseTime(got.value.ended_at);
  if (run.endedAt !== undefined) return endedAt !== undefined && endedAt > run.endedAt ? ours : none;
  // The completion knows no end, so only an end well away from the attempt's beginning tells.
  const began = action.begun?.first ?? 0;
  if (endedAt === undefined || Math.abs(endedAt - began) <= CLOCK_SKEW) return { kind: 'ambiguous' };
  return endedAt > began ? ours : none;
}

interface Wanted {
  workflowIds: string[];
  /** Of the first step, as canonical JSON. */
  inputs: string;
  /** Steps of one chain that look like its first. */
  firsts: number;
}

interface StartedBody {
  workflow_id?: string;
  input_values?: object | null;
  steps?: { workflow_id: string; inputs?: object | null }[];
  shared_inputs?: object | null;
}

function describe(action: ActionRecord, body: string): Wanted {
  const content = JSON.parse(body) as StartedBody;
  if (action.kind !== 'startChain') {
    const inputs = canonicalJson(content.input_values ?? {});
    return { workflowIds: [content.workflow_id ?? ''], inputs, firsts: 1 };
  }
  const steps = content.steps ?? [];
  const inputsOf = steps.map((step) => canonicalJson({ ...content.shared_inputs, ...step.inputs }));
  return {
    workflowIds: steps.map((step) => step.workflow_id),
    inputs: inputsOf[0] ?? '{}',
    firsts: steps.filter(
      (step, i) => step.workflow_id === steps[0]?.workflow_id && inputsOf[i] === inputsOf[0],
    ).length,
  };
}

const hasInputs = (run: RunSnapshot, wanted: Wanted) =>
  canonicalJson(run.input_values ?? {}) === wanted.inputs;

function isWithin(run: RunSnapshot, window: { createdFrom: number; createdTo: number }): boolean {
  const created = parseTime(run.created_at);
  return created !== undefined && created >= window.createdFrom && created <= window.createdTo;
}

const isFirst = (run: RunSnapshot, wanted: Wanted) =>
  run.workflow_id === wanted.workflowIds[0] && hasInputs(run, wanted);

/** The runs of a chain in the order of its steps, when all are there; a single run is a chain of one. */
function inStepOrder(runs: RunSnapshot[], wanted: Wanted): string[] | undefined {
  const rest = [...runs].sort((a, b) => (parseTime(a.created_at) ?? 0) - (parseTime(b.created_at) ?? 0));
  const ids: string[] = [];
  for (const [step, workflowId] of wanted.workflowIds.entries()) {
    const index = rest.findIndex(
      (run) => run.workflow_id === workflowId && (step > 0 || isFirst(run, wanted)),
    );
    const [run] = index < 0 ? [] : rest.splice(index, 1);
    if (run === undefined) return undefined;
    ids.push(run.id);
  }
  return ids;
}
