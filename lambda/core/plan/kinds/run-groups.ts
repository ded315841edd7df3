import { type CallLimit, type LineageItem, lineageKey } from '../../model/index.ts';
import { loadLineage } from '../../store/index.ts';
import {
  bestInStepOrder,
  isCertain,
  isOnRecord,
  isTaken,
  type Member,
  type Sought,
} from './chain-members.ts';
import type { LookUpPorts, Trace } from './kind.ts';
import type { Compared, Wanted } from './likeness.ts';

/** Runs that belong together: one alone, or those of a session. */
export type Group = readonly Member[];

interface JudgedGroup {
  /** Another invocation has recorded one of them as ours. */
  isOurs: boolean;
  /** One of them shows our key. */
  isKeyed: boolean;
  /** Runs in the order of the steps, if all are there and none of them can be another. */
  chain: string[] | undefined;
  /**
   * No run that the list does not show yet can belong in this chain: each of it has our lineage, or the only one has our key.
   * That of its first step proves nothing about the others, as a run of others may stand where one of ours is not listed yet.
   */
  isProven: boolean;
  /** There is no such chain, but what is there may be ours: a run has our lineage or our key, or may be the first one. */
  isDoubtful: boolean;
  /** There is no such chain, and another action has taken one of these by a lookup: it may be ours, if no other is. */
  isAdopted: boolean;
}

/** Which of these groups an action has started. */
export function judgeGroups(
  groups: readonly Group[],
  sought: Pick<Sought, 'wanted' | 'isCorrelated'>,
): Trace {
  const all = groups.map((group) => judge(group, sought));
  const ours = all.find(({ isOurs, chain }) => isOurs && chain);
  if (ours) return foundIn(ours);
  // Where the key itself was found, which no other action has, what is merely similar does not matter.
  const keyed = all.filter(({ isKeyed }) => isKeyed);
  const judged = keyed.length > 0 ? keyed : all;
  const [found, another] = judged.filter(({ chain }) => chain);
  if (another || judged.some(({ isDoubtful }) => isDoubtful)) return { kind: 'ambiguous' };
  if (found) return foundIn(found);
  return { kind: judged.some(({ isAdopted }) => isAdopted) ? 'ambiguous' : 'none' };
}

function judge(group: Group, { wanted, isCorrelated }: Pick<Sought, 'wanted' | 'isCorrelated'>): JudgedGroup {
  const members = group.filter((member) => !isTaken(member));
  const isKeyed = isCorrelated && group.some(({ likeness }) => likeness === 'exact');
  const sought = { wanted, isKeyed, isCorrelated };
  const found = bestInStepOrder(members, sought);
  const chain = found && isCertain(found, members, sought) ? found : undefined;
  // Our own lineage is the surest trace: an earlier invocation took these and died before it recorded the result.
  const isOurs = members.some(isOnRecord);
  const mayBegin = members.some(({ likeness }) => likeness !== 'different');
  return {
    isOurs,
    isKeyed,
    chain: chain?.map(({ run }) => run.id),
    isProven: chain?.every((member) => isOnRecord(member) || (isKeyed && chain.length === 1)) ?? false,
    isDoubtful: !chain && (isOurs || isKeyed || mayBegin),
    isAdopted: !chain && group.some(({ lineage }) => lineage?.adopted === true),
  };
}

const foundIn = ({ chain = [], isProven }: JudgedGroup): Trace => ({
  kind: isProven ? 'ours' : 'candidate',
  runIds: chain,
});

/**
 * The runs of a chain whose first run a person named, in the order of its steps, if all are there and no other action has
 * one. Of several that may be a later step, the one that shows its inputs is taken, or else the earliest.
 *
 * @param group The run that was named is the exact one.
 */
export function chainAmong(group: Group, wanted: Wanted): string[] | undefined {
  const members = group.filter((member) => !isTaken(member));
  const sought = { wanted, isKeyed: true, isCorrelated: false };
  return bestInStepOrder(members, sought)?.map(({ run }) => run.id);
}

type Lineages = Pick<LookUpPorts, 'table' | 'system'>;

/** Lineages that are read at a time: a list may be as long as an outage, and each read takes memory. */
const READS = 25;

/**
 * Reads whose the runs are; undefined if that takes longer than the limit.
 *
 * @param keys Under which our action may have started runs.
 */
export async function withLineages(
  { table, system }: Lineages,
  compared: readonly Compared[],
  { keys, limit }: { keys: readonly string[]; limit: CallLimit },
): Promise<Member[] | undefined> {
  const ownerOf = (lineage: LineageItem | undefined): Member['owner'] => {
    if (lineage?.action === undefined) return undefined;
    return keys.includes(lineage.action) ? 'us' : 'others';
  };
  const members: Member[] = [];
  while (members.length < compared.length) {
    if (system.now() >= limit.until) return undefined;
    const some = compared.slice(members.length, members.length + READS);
    const lineages = await Promise.all(some.map(({ run }) => loadLineage(table, lineageKey(run.id))));
    members.push(...some.map((each, i) => ({ ...each, lineage: lineages[i], owner: ownerOf(lineages[i]) })));
  }
  return members;
}
