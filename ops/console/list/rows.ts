import {
  type CompletionItem,
  type EventItem,
  type Key,
  nameOf,
  shownCompletionKeyOf,
  unidentifiedOf,
} from '../../../lambda/core/model/index.ts';
import { type Outcome, outcomeOf, type Progress } from '../../events/outcome.ts';
import type { ListedEvent } from '../../events/store.ts';
import { type EventSummary, summarize } from '../../events/summary.ts';
import type { Stage } from '../../stage/stage.ts';
import { readBatch, readPause } from '../../stage/table.ts';
import type { Names } from './search.ts';

/** An event as a row of the list. */
export interface EventRow extends EventSummary {
  workflow_name?: string;
  outcome: Outcome;
}

type Shown = Key & Progress;

const SHOWN = {
  pk: true,
  sk: true,
  owner: true,
  lease: true,
  not_before: true,
  actions: true,
  failure: true,
} as const satisfies { [K in keyof CompletionItem]?: true } & Record<keyof Shown, true>;

/** Adds the outcome to each event. */
export async function readRows(
  stage: Stage,
  events: readonly ListedEvent[],
  names: Names,
): Promise<EventRow[]> {
  const keys = events.map(keyOf);
  const [completions, pause] = await Promise.all([
    readBatch<Shown>(stage, distinct(keys), Object.keys(SHOWN)),
    readPause(stage),
  ]);
  const byName = new Map(completions.map((one) => [nameOf(one), one]));
  return events.map((event, index) => {
    const key = keys[index];
    const completion = key && byName.get(nameOf(key));
    // A completion of another event says nothing about what this one has done.
    const own = completion?.owner === event.event_id ? completion : undefined;
    const summary = summarize(event);
    const name = names.get(event.workflow_id ?? '');
    return {
      ...summary,
      ...(name !== undefined && { workflow_name: name }),
      outcome: outcomeOf(summary, { own, pause, unidentified: unidentifiedOf(event) }),
    };
  });
}

/** What is listed of an event includes everything that its completion is found by. */
const keyOf = (event: ListedEvent): Key | undefined => shownCompletionKeyOf(event as EventItem);

/** A batch may name each key once, and duplicates share a completion. */
const distinct = (keys: readonly (Key | undefined)[]): Key[] => [
  ...new Map(keys.flatMap((key) => (key ? [[nameOf(key), key] as const] : []))).values(),
];
