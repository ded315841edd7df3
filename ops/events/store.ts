import { type EventItem, eventKey } from '../../lambda/core/model/index.ts';
import { UnknownEventError } from '../errors.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { readBatch, readItem } from '../stage/table.ts';

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

export type ListedEvent = Pick<EventItem, (typeof LISTED)[number]>;

/** Events by their ids, without bodies; ids that do not exist are left out. */
export async function readEvents(stage: Stage, ids: readonly string[]): Promise<Map<string, ListedEvent>> {
  const events = await readBatch<ListedEvent>(stage, ids.map(eventKey), LISTED);
  return new Map(events.map((event) => [event.event_id, event]));
}
