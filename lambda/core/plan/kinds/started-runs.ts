import { parseTime } from '../../../cyberdesk/time.ts';
import { type ActionClaim, recordStart } from '../../completion/index.ts';
import {
  type CallLimit,
  CLOCK_SKEW,
  canonicalJson,
  EFFECT_WITHIN,
  type LineageItem,
  type RunSnapshot,
} from '../../model/index.ts';
import { loadLineage } from '../../store/index.ts';
import type { Call, LookUpPorts, Trace } from './kind.ts';

/** What a body starts, as far as the list of runs shows it. */
export interface Wanted {
  /** Of its steps, in order. */
  workflowIds: string[];
  /** Inputs of the first step, as canonical JSON. */
  inputs: string;
  /** Number of steps that look like the first one. */
  firsts: number;
  /** How the runs of one call belong together. */
  together: 'single_run' | 'session';
}

interface Window {
  createdFrom: number;
  createdTo: number;
}

/**
 * Records that runs belong to an action. Their lineage is written before the action's result, or the completion of a follow-up
 * could be handled without its depth.
 */
export async function takeStartedRuns(
  action: ActionClaim,
  runIds: string[],
  adopted: boolean,
): Promise<boolean> {
  for (const runId of runIds) {
    if (!(await recordStart(action, runId, adopted))) return false;
  }
  return true;
}

/**
 * Looks for runs that attempts without an answer may have started. A candidate has the same workflow and equal
 * inputs, was created while the attempts may have taken effect, and has no lineage of another action.
 */
export async function findStartedRuns(
  ports: LookUpPorts,
  { record }: Call,
  { wanted, limit }: { wanted: Wanted; limit: CallLimit },
): Promise<Trace> {
  const { first, last } = record.begun ?? { first: 0, last: 0 };
  const window = { createdFrom: first - CLOCK_SKEW, createdTo: last + EFFECT_WITHIN + CLOCK_SKEW };
  const query = { workflowId: wanted.workflowIds[0] ?? '', ...window };
  const listed = await ports.cyberdesk.findRuns(query, limit);
  if (listed.kind === 'failed') return { kind: 'unanswered', failure: listed };
  const alike = listed.value.filter((run) => isWithin(run, window) && hasInputs(run, wanted));
  if (wanted.together === 'single_run') {
    const groups = alike.map((run) => [run]);
    return judgeGroups(ports, groups, wanted, record.key);
  }
  const groups: RunSnapshot[][] = [];
  for (const sessionId of new Set(alike.map((run) => run.session_id).filter((id) => id != null))) {
    const session = await ports.cyberdesk.findRuns({ sessionId }, limit);
    if (session.kind === 'failed') return { kind: 'unanswered', failure: session };
    // A session that the chain joined holds older runs too.
    groups.push(session.value.filter((run) => isWithin(run, window)));
  }
  return judgeGroups(ports, groups, wanted, record.key);
}

/** Sorts out, by their lineage, which groups of runs may be this action's. */
async function judgeGroups(
  { table }: LookUpPorts,
  found: RunSnapshot[][],
  wanted: Wanted,
  action: string,
): Promise<Trace> {
  const groups: string[][] = [];
  let contested = false;
  for (const runs of found) {
    const lineages = await Promise.all(runs.map(({ id }) => loadLineage(table, id)));
    const isOurs = lineages.some((lineage) => lineage?.action === action);
    const open = runs.filter((_, i) => isFree(lineages[i], action));
    const group = inStepOrder(open, wanted);
    // Our own lineage is the surest trace: an earlier invocation adopted these and died before recording the result.
    if (isOurs && group) return { kind: 'ours', runIds: group };
    if (group) groups.push(group);
    // Two chains with equal beginnings in one session: nothing shows which runs belong together.
    if (group && open.filter((run) => isFirst(run, wanted)).length > wanted.firsts) groups.push(group);
    // Another action with equal inputs has taken this run by a look-up; it may in fact be ours.
    if (!group) contested ||= lineages.some((lineage) => lineage?.adopted === true);
  }
  return { kind: 'candidates', groups, contested };
}

const isFree = (lineage: LineageItem | undefined, action: string) =>
  lineage?.action === undefined || lineage.action === action;

const hasInputs = (run: RunSnapshot, wanted: Wanted) =>
  canonicalJson(run.input_values ?? {}) === wanted.inputs;

const isFirst = (run: RunSnapshot, wanted: Wanted) =>
  run.workflow_id === wanted.workflowIds[0] && hasInputs(run, wanted);

function isWithin(run: RunSnapshot, window: Window): boolean {
  const created = parseTime(run.created_at);
  return created !== undefined && created >= window.createdFrom && created <= window.createdTo;
}

/** The runs of a chain in the order of its steps, if all are there; a single run is a chain of one. */
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
