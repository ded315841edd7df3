import type { EventItem } from '../event.ts';
import type { EventType } from './event-type.ts';
import { itself } from './itself.ts';
import { isObject } from './payload.ts';
import { runComplete } from './run-complete.ts';

declare const OTHER: unique symbol;

/** An event of a type that nothing is known of but its name. */
export interface OtherEvent extends EventItem {
  type: string & { readonly [OTHER]: true };
}

export const other: EventType<OtherEvent> = {
  ...itself,

  // It may still be about a run, which a list should show.
  facts: runComplete.facts,

  // Only the processor has the rules, and knows whether any of them is about this type.
  judge: () => ({ kind: 'actionable' }),

  isActionable: (event): event is OtherEvent => true,

  read: (payload, { type }) => (isObject(payload) ? { kind: 'other', type, event: payload } : undefined),

  announce({ type }) {
    const attributes = { event_type: type };
    return { subject: 'A Cyberdesk event has arrived', ids: attributes, links: {}, attributes };
  },
};
