import type { WorkerSettings } from '../completion/index.ts';
import {
  type ActionableEvent,
  type ActionRecord,
  type Delivery,
  eventReference,
  subjectOf,
} from '../model/index.ts';

/** Types of CloudEvents begin with the name of whoever defines them. */
const TYPE_PREFIX = 'io.cyberdesk.';

/**
 * The event as a CloudEvent 1.0. Its data is the text that was received, and not a copy of what it means: every digit
 * stays as it was. A handler of the stack's gets it as bytes: Node.js parses what a function is invoked with before any code
 * of ours or the customer's, and would round long numbers. `readEvent` reads both forms.
 *
 * @param body The raw body, which the verifier accepted as JSON.
 */
export function composeDelivery(
  event: ActionableEvent,
  body: Uint8Array,
  { key, rule, destination }: Pick<ActionRecord, 'key' | 'rule'> & { destination: string },
  { installation, tableName, handlers }: Pick<WorkerSettings, 'installation' | 'tableName' | 'handlers'>,
): Delivery {
  const subject = subjectOf(event).id;
  const type = TYPE_PREFIX + event.type;
  const attributes = {
    specversion: '1.0',
    id: key,
    source: installation,
    type,
    subject,
    time: occurredAt(event),
    datacontenttype: 'application/json',
    // Extensions, whose names are in lower case.
    eventid: event.event_id,
    rule,
  };
  const head = JSON.stringify(attributes).slice(0, -1);
  const data = handlers.includes(destination)
    ? `"data_base64":"${Buffer.from(body).toString('base64')}"`
    : `"data":${new TextDecoder('utf-8').decode(body)}`;
  const [, region = ''] = installation.split('/');
  const dataref = eventReference({ region, tableName, eventId: event.event_id });
  return {
    destination,
    dedupeId: key,
    subject,
    type,
    whole: `${head},${data}}`,
    reference: `${head},"dataref":${JSON.stringify(dataref)}}`,
  };
}

/** When the run ended, as far as that is known; otherwise when the event arrived. ISO 8601, UTC. */
const occurredAt = ({ ended_at, received_at }: ActionableEvent): string =>
  ended_at === undefined ? received_at : new Date(ended_at).toISOString();
