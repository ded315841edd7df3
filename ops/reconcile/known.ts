import { type AttributeValue, BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { completionKey, type EventItem, endedAtCompletion } from '../../lambda/core/model/index.ts';
import { openIds } from '../events/list.ts';
import { isCompletion, readEvents, readPartition } from '../events/store.ts';
import type { Stage } from '../stage/stage.ts';

/** One ending of one run, as Cyberdesk tells it. */
export interface Ending {
  run_id: string;
  workflow_id: string;
  status: string;
  /** Epoch milliseconds. */
  endedAt: number;
}

const BATCH = 100;
const nameOf = ({ run_id, endedAt }: Ending): string => `${run_id} ${endedAt}`;

/** Unfinished events by run: they may not have claimed their completions yet. */
export async function openEventsByRun(stage: Stage): Promise<Map<string, EventItem[]>> {
  const events = await readEvents(stage, await openIds(stage));
  const byRun = new Map<string, EventItem[]>();
  for (const event of events.values()) {
    if (event.run_id === undefined) continue;
    byRun.set(event.run_id, [...(byRun.get(event.run_id) ?? []), event]);
  }
  return byRun;
}

/** Of these endings, those whose completion has an item: an event was worked on. */
export async function claimedEndings(stage: Stage, endings: readonly Ending[]): Promise<Set<Ending>> {
  const { tableName } = stage.outputs;
  const found = new Set<string>();
  for (let start = 0; start < endings.length; start += BATCH) {
    const keys = new Map(
      endings.slice(start, start + BATCH).map((ending) => {
        const { pk, sk } = completionKey(ending.run_id, endedAtCompletion(ending.endedAt));
        return [nameOf(ending), { pk: { S: pk }, sk: { S: sk } } as Record<string, AttributeValue>];
      }),
    );
    let rest = [...keys.values()];
    while (rest.length > 0) {
      const { Responses, UnprocessedKeys } = await stage.clients.dynamoDb.send(
        new BatchGetItemCommand({
          RequestItems: { [tableName]: { Keys: rest, ConsistentRead: true, ProjectionExpression: 'pk, sk' } },
        }),
      );
      for (const { pk, sk } of Responses?.[tableName] ?? []) {
        found.add(`${pk?.S?.slice('run#'.length)} ${sk?.S?.slice('completion#'.length)}`);
      }
      rest = UnprocessedKeys?.[tableName]?.Keys ?? [];
    }
  }
  return new Set(endings.filter((ending) => found.has(nameOf(ending))));
}

/** Is there an event of this run whose end nobody knows? Then it may be this ending, or an earlier one. */
export async function hasEventWithoutEnd(stage: Stage, ending: Ending): Promise<boolean> {
  const items = await readPartition(stage, `run#${ending.run_id}`);
  const owners = items
    .filter(isCompletion)
    .filter(({ sk }) => sk.startsWith('completion#event:'))
    .map(({ owner }) => owner);
  const events = await readEvents(stage, owners);
  return [...events.values()].some(({ status }) => status === ending.status);
}
