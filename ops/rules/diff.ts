import { inOrder } from '../stage/in-order.ts';
import type { Stage } from '../stage/stage.ts';
import { type RuleChanges, Tally } from './compare.ts';
import type { Rehearsal } from './rehearsal.ts';
import { idsBetween, readStored } from './stored-events.ts';

/** What today's rules would do otherwise. Field names are part of `--json`. */
export interface RulesDiff {
  /** Events that both were asked about. */
  events: number;
  /** Events that cannot be read any more, or whose body is no webhook. */
  unreadable: number;
  rules: RuleChanges[];
}

/** Batches of a hundred events that are read and asked about at once. */
const AT_ONCE = 6;

export interface DiffOptions {
  /** Epoch milliseconds. */
  since: number;
  until: number;
  onProgress?: (events: number) => void;
}

/** Asks two versions of the rules about the same stored events. Nothing is started, and nothing written. */
export async function diffRules(
  stage: Stage,
  before: Rehearsal,
  today: Rehearsal,
  { since, until, onProgress = () => undefined }: DiffOptions,
): Promise<RulesDiff> {
  const tally = new Tally();
  const result = { events: 0, unreadable: 0 };
  const asked = inOrder(idsBetween(stage, since, until), AT_ONCE, async (ids) => {
    const { events, unreadable } = await readStored(stage, ids);
    const [old, fresh] = await Promise.all([before.ask(events), today.ask(events)]);
    return { ids: events.map(({ event }) => event.event_id), unreadable, old, fresh };
  });
  for await (const { ids, unreadable, old, fresh } of asked) {
    result.unreadable += unreadable;
    for (const [index, id] of ids.entries()) {
      const [was, is] = [old[index], fresh[index]];
      if (was && is) tally.add(id, was, is);
      result[was && is ? 'events' : 'unreadable'] += 1;
    }
    onProgress(result.events);
  }
  return { ...result, rules: tally.rules };
}

/** Whether anything would be done otherwise. */
export const differs = ({ rules }: RulesDiff): boolean =>
  rules.some(({ added, dropped, changed, fails, fixed }) => added + dropped + changed + fails + fixed > 0);
