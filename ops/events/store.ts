import { type CompletionItem, type EventItem, eventKey, type Item } from '../../lambda/core/model/index.ts';
import { UnknownEventError } from '../errors.ts';
import { commandLine } from '../stage/command-line.ts';
import { collect } from '../stage/pages.ts';
import type { Stage } from '../stage/stage.ts';
import { query, readBatch, readItem } from '../stage/table.ts';

/** The event with this id, if it exists. */
export const findEvent = (stage: Stage, eventId: string): Promise<EventItem | undefined> =>
  readItem<EventItem>(stage, eventKey(eventId));

/** @throws UnknownEventError */
export async function readEvent(stage: Stage, eventId: string): Promise<EventItem> {
  const found = await findEvent(stage, eventId);
  if (found) return found;
  const list = commandLine(stage.target, ['events', 'list']);
  throw new UnknownEventError(`event "${eventId}" does not exist in ${stage.stackName}`, {
    next: `see "${list}"; finished events are kept for ${stage.outputs.eventRetentionDays} days`,
  });
}

/** All items of a run: its completions and its lineage. */
export async function readRunItems(stage: Stage, runId: string): Promise<Item[]> {
  const pages = query<Item>(stage, {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: `run#${runId}` } },
    ConsistentRead: true,
  });
  return (await collect(pages)).flat();
}

export const isCompletion = (item: Item): item is CompletionItem => item.sk.startsWith('completion#');

/** Completions of a run. */
export const readCompletions = async (stage: Stage, runId: string): Promise<CompletionItem[]> =>
  (await readRunItems(stage, runId)).filter(isCompletion);

/** What a list shows of an event. */
const LISTED = [
  'event_id',
  'svix_id',
  'type',
  'run_id',
  'workflow_id',
  'status',
  'state',
  'reason',
  'failure',
  'round',
  'duplicate_of',
  'merged_without_end',
  'received_at',
  'finished_at',
  'resent_at',
  'ended_at',
  'body_bytes',
] as const satisfies (keyof EventItem)[];

/** An event without its body. */
export type ListedEvent = Pick<EventItem, (typeof LISTED)[number]>;

/** Events by their ids, without bodies; ids that do not exist are left out. */
export async function readEvents(stage: Stage, ids: readonly string[]): Promise<Map<string, ListedEvent>> {
  const events = await readBatch<ListedEvent>(stage, ids.map(eventKey), LISTED);
  return new Map(events.map((event) => [event.event_id, event]));
}
