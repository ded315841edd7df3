import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type Delivery, type DeliveryOutcome, wordOr } from '../../core/model/index.ts';
import { sendWithin } from './sender.ts';

/** What an entry may have in total, less its other fields. */
const LARGEST_DETAIL = 255 * 1024;
/** By which rules of the bus find these events; each deployed stage is the `source` within the detail. */
const SOURCE = 'cyberdesk-webhooks';
/** Codes of entries that the bus will never take. */
const REFUSALS = new Set(['InvalidArgument', 'MalformedDetail', 'NotAuthorizedForSourceException']);

/** Puts an event on a bus: the CloudEvent is its detail. */
export function putOnBus(
  client: Pick<EventBridgeClient, 'send'>,
  arn: string,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  return sendWithin(LARGEST_DETAIL, delivery, async (Detail) => {
    const entry = { EventBusName: arn, Source: SOURCE, DetailType: delivery.type, Detail };
    const command = new PutEventsCommand({ Entries: [entry] });
    const {
      FailedEntryCount = 0,
      Entries: [put] = [],
      $metadata,
    } = await client.send(command, { abortSignal: signal });
    if (FailedEntryCount === 0) return { kind: 'delivered' };
    // It comes with status 200.
    const status = $metadata.httpStatusCode === undefined ? {} : { status: $metadata.httpStatusCode };
    const error = wordOr(put?.ErrorCode ?? '', 'Error');
    if (REFUSALS.has(error)) return { kind: 'refused', ...status };
    return { kind: 'failed', problem: 'entry_failed', ...status, error };
  });
}
