import {
  type ActionRecord,
  type LineageItem,
  lineageKey,
  type RunSnapshot,
  type Table,
} from '../../model/index.ts';
import { loadLineage } from '../../store/index.ts';
import { bestInStepOrder, isCertain, type Member } from './chain-members.ts';
import type { Trace } from './kind.ts';
import type { Compared, Wanted } from './likeness.ts';

/** Runs that belong together: one alone, or those of a session. */
export type Group = readonly Compared[];

interface JudgedGroup {
  /** Another invocation has recorded one of them as ours. */
  isOurs: boolean;
  /** One of them shows our key. */
  isKeyed: boolean;
  /** Runs in the order of the steps, if all are there and none of them can be another. */
  chain: string[] | undefined;
  /**
   * There is no such chain, but what is there may be ours: a run has our lineage or our key, or may be the first one; or another
   * action has taken one of these by a lookup.
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
  group: Group,
  wanted: Wanted,
  { key, correlate }: ActionRecord,
): Promise<JudgedGroup> {
  const all = await withLineages(table, group);
  const members = all.filter(({ lineage }) => isFree(lineage, key));
  const isKeyed = correlate !== undefined && group.some(({ likeness }) => likeness === 'exact');
  const sought = { wanted, isKeyed, isCorrelated: correlate !== undefined };
  const found = bestInStepOrder(members, sought);
  const chain = found && isCertain(found, members, sought) ? found.map(({ run }) => run.id) : undefined;
  // Our own lineage is the surest trace: an earlier invocation adopted these and died before recording the result.
  const isOurs = members.some(({ lineage }) => lineage?.action === key);
  const isAdopted = all.some(({ lineage }) => lineage?.adopted === true);
  const mayBegin = members.some(({ likeness }) => likeness !== 'different');
  return { isOurs, isKeyed, chain, isDoubtful: !chain && (isOurs || isKeyed || isAdopted || mayBegin) };
}

function traceOf(groups: JudgedGroup[], { correlate }: ActionRecord): Trace {
  const ours = groups.find(({ isOurs, chain }) => isOurs && chain)?.chain;
  if (ours) return { kind: 'ours', runIds: ours };
  // Where the key itself was found, which no other action has, what is merely similar does not matter.
  const keyed = groups.filter(({ isKeyed }) => isKeyed);
  const judged = keyed.length > 0 ? keyed : groups;
  const [chain, another] = judged.flatMap((group) => (group.chain ? [group.chain] : []));
  if (another || judged.some(({ isDoubtful }) => isDoubtful)) return { kind: 'ambiguous' };
  if (!chain) return { kind: 'none' };
  return { kind: correlate === undefined ? 'candidate' : 'ours', runIds: chain };
}

/**
 * The runs of a chain whose first run a person named, in the order of its steps, if all are there and no other action has
 * one. Of several that may be a later step, the one that shows its inputs is taken, or else the earliest.
 */
export async function chainAmong(
  table: Table,
  { runs, first }: { runs: readonly RunSnapshot[]; first: string },
  wanted: Wanted,
  { key }: ActionRecord,
): Promise<string[] | undefined> {
  const group = runs.map((run): Compared => ({ run, likeness: run.id === first ? 'exact' : 'different' }));
  const members = (await withLineages(table, group)).filter(({ lineage }) => isFree(lineage, key));
  const sought = { wanted, isKeyed: true, isCorrelated: false };
  return bestInStepOrder(members, sought)?.map(({ run }) => run.id);
}

/** The runs that no other action has. */
export async function freeAmong(
  table: Table,
  runs: readonly RunSnapshot[],
  key: string,
): Promise<RunSnapshot[]> {
  const lineages = await lineagesOf(table, runs);
  return runs.filter((_, i) => isFree(lineages[i], key));
}

async function withLineages(table: Table, group: Group): Promise<Member[]> {
  const lineages = await lineagesOf(
    table,
    group.map(({ run }) => run),
  );
  return group.map((compared, i) => ({ ...compared, lineage: lineages[i] }));
}

const lineagesOf = (table: Table, runs: readonly RunSnapshot[]) =>
  Promise.all(runs.map(({ id }) => loadLineage(table, lineageKey(id))));

const isFree = (lineage: LineageItem | undefined, action: string) =>
  lineage?.action === undefined || lineage.action === action;
