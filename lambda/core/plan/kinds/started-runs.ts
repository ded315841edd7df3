import { parseTime } from '../../../cyberdesk/time.ts';
import { type ActionClaim, recordStart } from '../../completion/index.ts';
import {
  type ActionRecord,
  type Begun,
  type CallLimit,
  CLOCK_SKEW,
  DATE_PRECISION,
  EFFECT_WITHIN,
  LARGEST_CLOCK_OFFSET,
  type LineageItem,
  type RunSnapshot,
  SANDBOX_SKEW,
} from '../../model/index.ts';
import { loadLineage } from '../../store/index.ts';
import type { Call, LookUpPorts, Trace } from './kind.ts';
import { resemblance } from './resemblance.ts';

/** What a body starts, as far as the list of runs shows it. */
export interface Wanted {
  /** Of its steps, in order. */
  workflowIds: string[];
  /** Inputs of the first step. */
  inputs: object;
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

/** Looks for runs that attempts without an answer may have started, in the complete list of their workflow's runs. */
export async function findStartedRuns(
  ports: LookUpPorts,
  { record }: Call,
  { wanted, limit }: { wanted: Wanted; limit: CallLimit },
): Promise<Trace> {
  const { begun } = record;
  if (!begun) return { kind: 'none' };
  const listed = await listWindow(ports, wanted.workflowIds[0] ?? '', begun, limit);
  if (listed.kind === 'failed') return { kind: 'unanswered', failure: listed };
  const { runs, narrow } = listed;
  const suspects = runs
    .map((run) => ({ run, likeness: likenessOf(run, record, wanted, narrow) }))
    .filter(({ likeness }) => likeness !== 'different');
  if (record.correlate !== undefined && suspects.some(({ likeness }) => likeness === 'unknown'))
    return { kind: 'unanswered', failure: { kind: 'failed', mayHaveTakenEffect: false, incomplete: true } };

  const groups: Group[] = [];
  if (wanted.together === 'single_run') {
    groups.push(...suspects.map(({ run, likeness }) => ({ runs: [run], isExact: likeness === 'exact' })));
  } else {
    const exact = new Set(suspects.filter(({ likeness }) => likeness === 'exact').map(({ run }) => run));
    for (const sessionId of new Set(suspects.map(({ run }) => run.session_id).filter((id) => id != null))) {
      const session = await ports.cyberdesk.findRuns({ sessionId }, limit);
      if (session.kind === 'failed') return { kind: 'unanswered', failure: session };
      const isExact = [...exact].some((run) => run.session_id === sessionId);
      // A session that the chain joined holds older runs too.
      groups.push({ runs: session.value.runs.filter((run) => isWithin(run, listed.wide)), isExact });
    }
  }
  return judge(await Promise.all(groups.map((group) => readGroup(ports, group, wanted, record))), record);
}

/** Runs that belong together. `isExact` if the first of them is what was asked for, and not merely similar. */
interface Group {
  runs: RunSnapshot[];
  isExact: boolean;
}

/** The list over both windows: by our clock with a generous margin, and by the API's own clock. */
async function listWindow(ports: LookUpPorts, workflowId: string, { first, last }: Begun, limit: CallLimit) {
  const end = last + EFFECT_WITHIN;
  let wide: Window = { createdFrom: first - CLOCK_SKEW, createdTo: end + CLOCK_SKEW };
  for (;;) {
    const listed = await ports.cyberdesk.findRuns({ workflowId, ...wide }, limit);
    if (listed.kind === 'failed') return listed;
    const { runs, clockOffset } = listed.value;
    const { createdFrom, createdTo } = wide;
    const within = runs.filter((run) => isWithin(run, { createdFrom, createdTo }));
    if (clockOffset === undefined || Math.abs(clockOffset) > LARGEST_CLOCK_OFFSET)
      return { kind: 'listed' as const, runs: within, wide, narrow: wide };
    const margin = DATE_PRECISION + SANDBOX_SKEW;
    const narrow = { createdFrom: first + clockOffset - margin, createdTo: end + clockOffset + margin };
    const union = {
      createdFrom: Math.min(narrow.createdFrom, wide.createdFrom),
      createdTo: Math.max(narrow.createdTo, wide.createdTo),
    };
    if (union.createdFrom === wide.createdFrom && union.createdTo === wide.createdTo)
      return { kind: 'listed' as const, runs: within, wide, narrow };
    wide = union;
  }
}

/** `unknown` where the inputs are not shown. */
type Likeness = 'exact' | 'similar' | 'different' | 'unknown';

/** By its inputs alone; `unknown` where they are not shown. */
const compare = ({ inputs }: Wanted, { input_values }: RunSnapshot): Exclude<Likeness, 'exact'> | 'equal' =>
  input_values === undefined ? 'unknown' : resemblance(inputs, input_values ?? {});

function likenessOf(
  run: RunSnapshot,
  { correlate, key }: ActionRecord,
  wanted: Wanted,
  narrow: Window,
): Likeness {
  const shown = run.input_values;
  if (correlate !== undefined) {
    // Null are the inputs of a run that was started without any: not by us, who always send the key.
    if (shown === null) return 'different';
    if (typeof shown !== 'object') return 'unknown';
    return Reflect.get(shown, correlate) === key ? 'exact' : 'different';
  }
  const likeness = compare(wanted, run);
  // Any run of its workflow looks like one without inputs.
  const isTelling = Object.keys(wanted.inputs).length > 0;
  if (likeness === 'equal') return isTelling && isWithin(run, narrow) ? 'exact' : 'similar';
  return likeness;
}

interface JudgedGroup {
  isOurs: boolean;
  isExact: boolean;
  /** Runs in the order of the steps, if all are there and free; twice if two chains cannot be told apart. */
  chains: string[][];
  /** Another action has taken these by a look-up; they may in fact be ours. */
  contested: boolean;
}

async function readGroup(
  { table }: LookUpPorts,
  { runs, isExact }: Group,
  wanted: Wanted,
  { key, correlate }: ActionRecord,
): Promise<JudgedGroup> {
  const lineages = await Promise.all(runs.map(({ id }) => loadLineage(table, id)));
  const open = runs.filter((_, i) => isFree(lineages[i], key));
  const isFirst = (run: RunSnapshot) =>
    run.workflow_id === wanted.workflowIds[0] &&
    (correlate !== undefined || compare(wanted, run) !== 'different');
  const chain = inStepOrder(open, wanted.workflowIds, isFirst);
  const isDouble = correlate === undefined && open.filter(isFirst).length > wanted.firsts;
  return {
    // Our own lineage is the surest trace: an earlier invocation adopted these and died before recording the result.
    isOurs: lineages.some((lineage) => lineage?.action === key),
    isExact,
    chains: chain ? (isDouble ? [chain, chain] : [chain]) : [],
    contested: !chain && lineages.some((lineage) => lineage?.adopted === true),
  };
}

function judge(groups: JudgedGroup[], { correlate }: ActionRecord): Trace {
  const ours = groups.find(({ isOurs, chains }) => isOurs && chains.length > 0)?.chains[0];
  if (ours) return { kind: 'ours', runIds: ours };
  const chains = groups.flatMap((group) => group.chains);
  const [chain, another] = chains;
  if (!chain) return groups.some(({ contested }) => contested) ? { kind: 'ambiguous' } : { kind: 'none' };
  const isExact = groups.every(({ isExact, chains }) => isExact || chains.length === 0);
  if (another || !isExact) return { kind: 'ambiguous' };
  // The key itself was found, which no other action has.
  return { kind: correlate === undefined ? 'candidate' : 'ours', runIds: chain };
}

const isFree = (lineage: LineageItem | undefined, action: string) =>
  lineage?.action === undefined || lineage.action === action;

function isWithin(run: RunSnapshot, window: Window): boolean {
  const created = parseTime(run.created_at);
  return created !== undefined && created >= window.createdFrom && created <= window.createdTo;
}

/** The runs of a chain in the order of its steps, if all are there; a single run is a chain of one. */
function inStepOrder(
  runs: RunSnapshot[],
  workflowIds: string[],
  isFirst: (run: RunSnapshot) => boolean,
): string[] | undefined {
  const rest = [...runs].sort((a, b) => (parseTime(a.created_at) ?? 0) - (parseTime(b.created_at) ?? 0));
  const ids: string[] = [];
  for (const [step, workflowId] of workflowIds.entries()) {
    const index = rest.findIndex((run) => run.workflow_id === workflowId && (step > 0 || isFirst(run)));
    const [run] = index < 0 ? [] : rest.splice(index, 1);
    if (run === undefined) return undefined;
    ids.push(run.id);
  }
  return ids;
}
