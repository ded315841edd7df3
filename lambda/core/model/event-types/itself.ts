import { occurrencePartition, ownCompletion } from '../completion.ts';
import type { EventItem } from '../event.ts';
import type { EventType } from './event-type.ts';

/** Enough of a digest to distinguish the events of one id. */
const DIGEST_LENGTH = 16;

/**
 * What types of events have in common that do not report the end of a run: each event is its own completion.
 *
 * Completions are kept longer than events. A transformation may send one `event_id` for all, so a later event may get
 * the id of one that has expired; its completion must not be the one that was done then.
 */
export const itself = {
  identity: 'event',
  subject: ({ event_id }) => ({ id: event_id, pk: occurrencePartition(event_id) }),
  completion: ({ event_id, body_sha256 }) => ({
    kind: 'known',
    completion: ownCompletion(`${event_id}~${body_sha256.slice(0, DIGEST_LENGTH)}`),
  }),
} satisfies Pick<EventType<EventItem>, 'identity' | 'subject' | 'completion'>;
