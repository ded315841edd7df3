import * as v from 'valibot';
import { PRINTABLE_ID } from '../../../cyberdesk/printable-id.ts';
import type { MachinesDownEvent } from '../../../rules/events.ts';
import type { EventItem } from '../event.ts';
import type { EventType } from './event-type.ts';
import { itself } from './itself.ts';

/** Machines appear to be down. */
export interface DownedMachines extends EventItem {
  type: 'downed_machines';
}

/** Only what is needed to act is required; every other field may be absent, null or new. */
const Body = v.looseObject({
  machines: v.array(v.looseObject({ machine_id: v.pipe(v.string(), v.regex(PRINTABLE_ID)) })),
});

/** More would take up the event's item. */
const MOST_IDS = 100;

const isDownedMachines = (payload: unknown): payload is MachinesDownEvent => v.is(Body, payload);

export const downedMachines: EventType<DownedMachines> = {
  ...itself,

  facts: (payload) =>
    isDownedMachines(payload)
      ? { machine_ids: payload.machines.slice(0, MOST_IDS).map(({ machine_id }) => machine_id) }
      : {},

  judge: (payload) =>
    isDownedMachines(payload) ? { kind: 'actionable' } : { kind: 'unprocessable', reason: 'missing_fields' },

  isActionable: (event): event is DownedMachines => event.type === 'downed_machines',

  read: (payload) => (isDownedMachines(payload) ? { kind: 'downed_machines', event: payload } : undefined),

  announce({ type, machine_ids = [] }) {
    const attributes = { event_type: type };
    // No id contains a space.
    const ids = { ...attributes, machine_ids: machine_ids.join(' ') };
    return { subject: 'Cyberdesk machines are down', ids, links: {}, attributes };
  },
};
