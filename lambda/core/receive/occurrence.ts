import { doorOf, type EventItem, type Facts, type Key, sha256 } from '../model/index.ts';
import type { Draft } from '../store/index.ts';

/** An event without the id under which it will be stored. */
export type EventDraft = Omit<Draft<EventItem>, keyof Key | 'event_id'>;

/** The occurrence in a short text: the run's ending, or the bytes of a webhook that reports none. */
export const digestOf = (
  { type, run_id, status, ended_at }: Facts & { type: string },
  bodySha256: string,
): string =>
  run_id === undefined || doorOf(type).identity === 'event'
    ? bodySha256
    : sha256(JSON.stringify([run_id, status, ended_at ?? null]));

/**
 * Whether this is the same webhook again. If the event is all that it reports: the same bytes, or the same message, which
 * a transformation may change with each delivery. If it names no run: the same bytes. Else: the same run, status and end.
 * Without an end, two endings of one run look alike, so it must also be the same message: a transformation may send
 * one `event_id` for both.
 *
 * An event that was unprocessable is never what can be acted on now: the transformation was repaired, or a newer release
 * reads it. But a message whose event was erased stays known, so that it is not stored again.
 */
export function isSame(a: EventDraft, b: EventItem): boolean {
  if (a.state === 'received' && b.state === 'unprocessable')
    return b.erased_at !== undefined && a.svix_id === b.svix_id;
  if (a.type === b.type && doorOf(a.type).identity === 'event')
    return a.body_sha256 === b.body_sha256 || (a.svix_id === b.svix_id && b.state !== 'unprocessable');
  if (a.run_id !== b.run_id) return false;
  if (a.run_id === undefined) return a.body_sha256 === b.body_sha256;
  if (a.type !== b.type || a.status !== b.status || a.ended_at !== b.ended_at) return false;
  return a.ended_at !== undefined || a.svix_id === b.svix_id;
}
