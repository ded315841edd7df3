import { parseTime } from '../../../cyberdesk/time.ts';
import {
  type ActionRecord,
  type LineageItem,
  lineageKey,
  type RunSnapshot,
  type Table,
} from '../../model/index.ts';
import { loadLineage } from '../../store/index.ts';
import type { Trace } from './kind.ts';
import { mayBeFirst, type Wanted } from './likeness.ts';

/** Runs that belong together. `isExact` if the first of them is what was asked for, and not merely similar. */
export interface Group {
  runs: RunSnapshot[];
  isExact: boolean;
}

interface JudgedGroup {
  isOurs: boolean;
  isExact: boolean;
  /** Runs in the order of the steps, if all are there and free; twice if two chains cannot be distinguished. */
  chains: string[][];
  /**
   * Not all steps are there, but what is there may be ours: a run has our lineage, or may be the first one; or another
   * action has taken these by a lookup.
   */
  isDoubtful: boolean;
}

/** Which of these groups an action has started. */
export async function judgeGroups(
  table: Table,
  groups: readonly Group[],
  wanted: Wanted,
  record: ActionRecord,
): Promise<Trace> {
  return traceOf(await Promise.all(groups.map((group) => judge(table, group, wanted, record))), record);
}

async function judge(
  table: Table,
  { runs, isExact }: Group,
  wanted: Wanted,
  { key, correlate }: ActionRecord,
): Promise<JudgedGroup> {
  const lineages = await Promise.all(runs.map(({ id }) => loadLineage(table, lineageKey(id))));
  const open = runs.filter((_, i) => isFree(lineages[i], key));
  const isFirst = (run: RunSnapshot) =>
    run.workflow_id === wanted.workflowIds[0] && (correlate !== undefined || mayBeFirst(wanted, run));
  const chain = inStepOrder(open, wanted.workflowIds, isFirst);
  const isDouble = correlate === undefined && open.filter(isFirst).length > wanted.firsts;
  // Our own lineage is the surest trace: an earlier invocation adopted these and died before recording the result.
  const isOurs = lineages.some((lineage) => lineage?.action === key);
  const isAdopted = lineages.some((lineage) => lineage?.adopted === true);
  return {
    isOurs,
    isExact,
    chains: chain ? (isDouble ? [chain, chain] : [chain]) : [],
    isDoubtful: !chain && (isOurs || isAdopted || open.some(isFirst)),
  };
}

function traceOf(groups: JudgedGroup[], { correlate }: ActionRecord): Trace {
  const ours = groups.find(({ isOurs, chains }) => isOurs && chains.length > 0)?.chains[0];
  if (ours) return { kind: 'ours', runIds: ours };
  // Where the key itself was found, which no other action has, what is merely similar does not matter.
  const keyed = correlate === undefined ? [] : groups.filter(({ isExact }) => isExact);
  const judged = keyed.length > 0 ? keyed : groups;
  const [chain, another] = judged.flatMap(({ chains }) => chains);
  if (judged.some(({ isDoubtful }) => isDoubtful)) return { kind: 'ambiguous' };
  if (!chain) return { kind: 'none' };
  if (another || judged.some(({ isExact, chains }) => !isExact && chains.length > 0))
    return { kind: 'ambiguous' };
  return { kind: correlate === undefined ? 'candidate' : 'ours', runIds: chain };
}

/** The runs of a chain whose first run is known, in the order of its steps, if all are there and no other action has one. */
export async function chainAmong(
  table: Table,
  { runs, first }: { runs: readonly RunSnapshot[]; first: string },
  { workflowIds }: Wanted,
  { key }: ActionRecord,
): Promise<string[] | undefined> {
  return inStepOrder(await freeAmong(table, runs, key), workflowIds, ({ id }) => id === first);
}

/** The runs that no other action has. */
export async function freeAmong(
  table: Table,
  runs: readonly RunSnapshot[],
  key: string,
): Promise<RunSnapshot[]> {
  const lineages = await Promise.all(runs.map(({ id }) => loadLineage(table, lineageKey(id))));
  return runs.filter((_, i) => isFree(lineages[i], key));
}

const isFree = (lineage: LineageItem | undefined, action: string) =>
  lineage?.action === undefined || lineage.action === action;

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
