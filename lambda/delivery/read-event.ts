import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbTable } from '../adapters/dynamodb-table.ts';
import { type EventPlace, placeOfEvent } from '../core/model/index.ts';
import { loadEvent, readBody } from '../core/store/index.ts';
import { parseExact } from '../json/parse.ts';
import type { FinishedEvent } from '../rules/rule.ts';
import type { Delivered } from './delivered.ts';

/** What was given to `readEvent` is not an event that `deliver` hands over. */
export class NotDeliveredError extends Error {
  override name = 'NotDeliveredError';
}

/** The event that a reference names is no longer stored: the stage keeps events for `retention.eventDays`. */
export class EventGoneError extends Error {
  override name = 'EventGoneError';
}

/** One client per region, kept from one invocation to the next. */
const clients = new Map<string, DynamoDBClient>();

/**
 * The webhook in a delivery, wherever it is: in the delivery itself, or in the table of events if it is too large for that.
 * Reading the table needs the permission of `grantReadEvent`.
 *
 * Every digit is kept: a number that a double would change is an `ExactNumber`. The exception is `data` that someone else
 * has parsed before, as Node.js does for a function that the stack has not built.
 *
 * @param delivered The delivery, or its JSON text, such as the body of a message.
 * @param client Reads the table; by default a client of its own, in the region that the reference names.
 * @throws NotDeliveredError
 * @throws EventGoneError
 */
export async function readEvent<Data = FinishedEvent>(
  delivered: Delivered<Data> | string,
  client?: Pick<DynamoDBClient, 'send'>,
): Promise<Data> {
  const found = typeof delivered === 'string' ? (parseExact(delivered) as Delivered<Data>) : delivered;
  if ('data' in found) return found.data;
  if ('data_base64' in found) return parse(Buffer.from(found.data_base64, 'base64')) as Data;
  const place = placeOfEvent(String(found.dataref));
  if (!place)
    throw new NotDeliveredError('this has no "data", no "data_base64" and no "dataref" to an event');
  return (await fetchEvent(place, client ?? clientIn(place.region))) as Data;
}

async function fetchEvent(
  { tableName, eventId }: EventPlace,
  client: Pick<DynamoDBClient, 'send'>,
): Promise<unknown> {
  const table = dynamoDbTable(client, tableName);
  const event = await loadEvent(table, eventId);
  if (!event) throw new EventGoneError(`event ${eventId} is no longer in the table ${tableName}`);
  return parse(await readBody(table, event));
}

const parse = (body: Uint8Array): unknown => parseExact(new TextDecoder().decode(body));

function clientIn(region: string): DynamoDBClient {
  const client = clients.get(region) ?? new DynamoDBClient({ region });
  clients.set(region, client);
  return client;
}
