import { type ActionRecord, type LineageItem, lineageKey } from './items.ts';
import { canonicalJson } from './keys.ts';
import type { CallLimit, CallOutcome, Cyberdesk, RunSnapshot, Table } from './ports.ts';
import { ACTION_TIMEOUT, CLOCK_SKEW } from './timing.ts';
import { isTerminal, parseTime } from './webhook.ts';

/** What an earlier attempt of an action has left at Cyberdesk. */
export type Trace =
  | { kind: 'found'; runIds: string[] }
  | { kind: 'none' }
  | { kind: 'ambiguous' }
  | { kind: 'unanswered'; outcome: Extract<CallOutcome<unknown>, { ok: false }> };

export interface LookUpPorts {
  table: Table;
  cyberdesk: Cyberdesk;
}

/**
 * Looks for what an attempt without an answer may have started, before anything is sent again: the idempotency
 * key may have been forgotten meanwhile. Two runs with equal inputs in the attempt's window cannot be told
 * apart, and are left to a person; the first that fits must not be taken (it may be another action's).
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
  const window = { createdFrom: first - CLOCK_SKEW, createdTo: last + ACTION_TIMEOUT + CLOCK_SKEW };
  const wanted = describe(action, body);
  const listed = await ports.cyberdesk.findRuns(
    { workflowId: wanted.workflowIds[0] as string, ...window },
    limit,
  );
  if (!listed.ok) return { kind: 'unanswered', outcome: listed };
  const alike = listed.value.filter(
    (candidate) => isWithin(candidate, window) && hasInputs(candidate, wanted),
  );
  const groups = await groupsOf(ports, action, alike, wanted.workflowIds, limit);
  if ('outcome' in groups) return { kind: 'unanswered', outcome: groups.outcome };
  const free: string[][] = [];
  for (const group of groups.runIds) {
    const claims = await Promise.all(group.map((id) => ports.table.get(lineageKey(id))));
    const owners = claims.map((claim) => (claim as LineageItem | undefined)?.action);
    // Our own lineage is the surest trace: an earlier invocation adopted these and died before the result.
    if (owners.some((owner) => owner === action.key)) return { kind: 'found', runIds: group };
    if (owners.every((owner) => owner === undefined)) free.push(group);
  }
  if (free.length > 1) return { kind: 'ambiguous' };
  return free[0] ? { kind: 'found', runIds: free[0] } : { kind: 'none' };
}

/** A run retried in place is active again, or has ended later than the completion that asked for it. */
async function lookUpRetry(
  { cyberdesk }: LookUpPorts,
  action: ActionRecord,
  run: { id: string; endedAt: number | undefined },
  limit: CallLimit,
): Promise<Trace> {
  const got = await cyberdesk.getRun(run.id, limit);
  if (!got.ok) return { kind: 'unanswered', outcome: got };
  const endedAt = parseTime(got.value.ended_at);
  // Where the completion knows no end, an end after the attempt began is the retry's.
  const before = run.endedAt ?? (action.begun?.first ?? 0) - CLOCK_SKEW;
  const isLater = endedAt !== undefined && endedAt > before;
  return !isTerminal(got.value.status) || isLater ? { kind: 'found', runIds: [run.id] } : { kind: 'none' };
}

interface Wanted {
  workflowIds: string[];
  inputs: string;
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
    return { workflowIds: [content.workflow_id ?? ''], inputs: canonicalJson(content.input_values ?? {}) };
  }
  const steps = content.steps ?? [];
  return {
    workflowIds: steps.map((step) => step.workflow_id),
    inputs: canonicalJson({ ...content.shared_inputs, ...steps[0]?.inputs }),
  };
}

const hasInputs = (run: RunSnapshot, wanted: Wanted) =>
  canonicalJson(run.input_values ?? {}) === wanted.inputs;

function isWithin(run: RunSnapshot, window: { createdFrom: number; createdTo: number }): boolean {
  const created = parseTime(run.created_at);
  return created !== undefined && created >= window.createdFrom && created <= window.createdTo;
}

/** A run by itself, or for a chain the runs of its session, in the order of the steps, when all are there. */
async function groupsOf(
  { cyberdesk }: LookUpPorts,
  action: ActionRecord,
  candidates: RunSnapshot[],
  workflowIds: string[],
  limit: CallLimit,
): Promise<{ runIds: string[][] } | { outcome: Extract<CallOutcome<unknown>, { ok: false }> }> {
  if (action.kind !== 'startChain') return { runIds: candidates.map(({ id }) => [id]) };
  const runIds: string[][] = [];
  const sessions = new Set(candidates.map((run) => run.session_id).filter((id) => id != null));
  for (const sessionId of sessions) {
    const listed = await cyberdesk.findRuns({ sessionId }, limit);
    if (!listed.ok) return { outcome: listed };
    const group = inStepOrder(listed.value, workflowIds);
    if (group) runIds.push(group);
  }
  return { runIds };
}

function inStepOrder(runs: RunSnapshot[], workflowIds: string[]): string[] | undefined {
  const rest = [...runs].sort((a, b) => (parseTime(a.created_at) ?? 0) - (parseTime(b.created_at) ?? 0));
  const ids: string[] = [];
  for (const workflowId of workflowIds) {
    const index = rest.findIndex((run) => run.workflow_id === workflowId);
    const [run] = index < 0 ? [] : rest.splice(index, 1);
    if (run === undefined) return undefined;
    ids.push(run.id);
  }
  return ids;
}
