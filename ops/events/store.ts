import { type EventItem, eventKey, type INDEX_ATTRIBUTES } from '../../lambda/core/model/index.ts';
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
  const [list, reconcile] = [['events', 'list'], ['reconcile']].map((words) =>
    commandLine(stage.target, words),
  );
  throw new UnknownEventError(`event "${eventId}" does not exist in ${stage.stackName}`, {
    next: `see "${list}"; finished events are kept for ${stage.outputs.eventRetentionDays} days. If its run has ended, "${reconcile}" finds an event that never arrived`,
  });
}

/** Attributes by which the indexes can filter. */
export type IndexAttribute = (typeof INDEX_ATTRIBUTES)[number];

/** What a list shows of an event: these attributes, in this order. */
export const SHOWN = {
  event_id: true,
  state: true,
  reason: true,
  type: true,
  run_id: true,
  workflow_id: true,
  status: true,
  received_at: true,
  finished_at: true,
  duplicate_of: true,
  merged_without_end: true,
  erased_at: true,
  failure: true,
  round: true,
} as const satisfies Record<IndexAttribute, true> & { [K in keyof EventItem]?: true };

export type Shown = keyof typeof SHOWN;

/** What is read besides, to judge an event or to follow it. */
const BESIDES = [
  'svix_id',
  'resent_at',
  'ended_at',
  'completion',
  'unidentified',
  'body_bytes',
  'body_sha256',
] as const satisfies (keyof EventItem)[];

export type ListedEvent = Pick<EventItem, Shown | (typeof BESIDES)[number]>;

/** Events by their ids, without bodies; ids that do not exist are left out. */
export async function readEvents(stage: Stage, ids: readonly string[]): Promise<Map<string, ListedEvent>> {
  const events = await readBatch<ListedEvent>(stage, ids.map(eventKey), [...Object.keys(SHOWN), ...BESIDES]);
  return new Map(events.map((event) => [event.event_id, event]));
}
