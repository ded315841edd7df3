import { occurrencePartition, ownCompletion } from '../completion.ts';
import type { EventItem } from '../event.ts';
import type { EventType } from './event-type.ts';

/** What types of events have in common that do not report the end of a run: each event is its own completion. */
export const itself = {
  identity: 'event',
  subject: ({ event_id }) => ({ id: event_id, pk: occurrencePartition(event_id) }),
  completion: ({ event_id }) => ({ kind: 'known', completion: ownCompletion(event_id) }),
} satisfies Pick<EventType<EventItem>, 'identity' | 'subject' | 'completion'>;
