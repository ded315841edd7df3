import { completionKey, endedAtCompletion, type Key } from '../../lambda/core/model/index.ts';
import { openIds } from '../events/list.ts';
import { type ListedEvent, readCompletions, readEvents } from '../events/store.ts';
import { RECONCILED_PREFIX } from '../events/summary.ts';
import type { Stage } from '../stage/stage.ts';
import { readBatch } from '../stage/table.ts';

/** One ending of one run, as Cyberdesk reports it. */
export interface Ending {
  run_id: string;
  workflow_id: string;
  status: string;
  /** Epoch milliseconds. */
  endedAt: number;
}

/** Event id for an ending: the same in every reconcile, so that a second one finds the event of the first. */
export const reconciledId = ({ run_id, endedAt }: Ending): string =>
  `${RECONCILED_PREFIX}${run_id}:${endedAt}`;

/** Unfinished events by run: they may not have claimed their completions yet. */
export async function openEventsByRun(stage: Stage): Promise<Map<string, ListedEvent[]>> {
  const events = await readEvents(stage, await openIds(stage));
  const byRun = new Map<string, ListedEvent[]>();
  for (const event of events.values()) {
    if (event.run_id === undefined) continue;
    byRun.set(event.run_id, [...(byRun.get(event.run_id) ?? []), event]);
  }
  return byRun;
}

const keyOf = ({ run_id, endedAt }: Ending): Key => completionKey(run_id, endedAtCompletion(endedAt));
const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;

/** Those of the endings whose completion has an item: a worker has begun an event for them. */
export async function claimedEndings(stage: Stage, endings: readonly Ending[]): Promise<Set<Ending>> {
  // BatchGetItem refuses a key that is given twice.
  const keys = new Map(endings.map((ending) => [nameOf(keyOf(ending)), keyOf(ending)]));
  const found = await readBatch<Key>(stage, [...keys.values()], ['pk', 'sk']);
  const names = new Set(found.map(nameOf));
  return new Set(endings.filter((ending) => names.has(nameOf(keyOf(ending)))));
}

/** Is there an event of this run whose end is unknown? It may stand for this ending, or for an earlier one. */
export async function hasEventWithoutEnd(stage: Stage, ending: Ending): Promise<boolean> {
  const completions = await readCompletions(stage, ending.run_id);
  const owners = completions.filter(({ sk }) => sk.startsWith('completion#event:')).map(({ owner }) => owner);
  const events = await readEvents(stage, owners);
  return [...events.values()].some(({ status }) => status === ending.status);
}
