import { randomBytes } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { eventReference } from '../../lambda/core/model/index.ts';
import { receive } from '../../lambda/core/receive/receive.ts';
import { EventGoneError, ExactNumber, NotDeliveredError, readEvent } from '../../lambda/delivery/index.ts';
import { createWorld, type World } from '../core/support/world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});

/** DynamoDB, which holds what a verifier has stored. */
const client = () =>
  ({
    send: async ({ input }: { input: { TableName: string; Key: Record<string, { S: string }> } }) => {
      const { pk, sk } = input.Key;
      const item = input.TableName === 'events' && world.model.get({ pk: pk?.S ?? '', sk: sk?.S ?? '' });
      return item ? { Item: marshall(item, { removeUndefinedValues: true }) } : {};
    },
  }) as never;

const refer = (eventId: string) =>
  JSON.stringify({ dataref: eventReference({ region: 'eu-central-1', tableName: 'events', eventId }) });

async function store(body: string): Promise<void> {
  await receive(world.ports, { svixId: 'msg_1', body: Buffer.from(body) }, 90);
}

it('readEvent returns what a delivery holds, without reading the table', async () => {
  const event = { run: { id: 'run-1' } };

  expect(await readEvent({ data: event } as never, undefined)).toBe(event);
  expect(await readEvent(JSON.stringify({ data: event }))).toEqual(event);
});

it('readEvent keeps every digit of a text', async () => {
  const { n } = await readEvent<{ n: unknown }>('{"data":{"n":12345678901234567890}}');

  expect(n).toBeInstanceOf(ExactNumber);
  expect(String(n)).toBe('12345678901234567890');
});

it('readEvent keeps every digit and character of bytes, although their envelope has been parsed before', async () => {
  const body = '{"n":12345678901234567890,"name":"Jörg 💊"}';
  const envelope = { data_base64: Buffer.from(body).toString('base64') };

  expect(JSON.stringify(await readEvent(envelope as never))).toBe(body);
});

it.each([
  ['small', 'x'],
  ['in pieces', randomBytes(500_000).toString('hex')],
])('readEvent follows a reference to an event that is %s', async (_, filler) => {
  const body = { event_id: 'a/b%c', event_type: 'other', filler };
  await store(JSON.stringify(body));

  expect(await readEvent(refer(body.event_id), client())).toEqual(body);
});

it('readEvent says that an event is gone', async () => {
  await expect(readEvent(refer('event-9'), client())).rejects.toThrow(
    new EventGoneError('event event-9 is no longer in the table events'),
  );
  expect(new EventGoneError().name).toBe('EventGoneError');
});

it.each(['{}', '{"dataref":"https://example.com/a"}'])('readEvent refuses %s', async (text) => {
  await expect(readEvent(text, client())).rejects.toThrow(
    new NotDeliveredError('this has no "data", no "data_base64" and no "dataref" to an event'),
  );
  expect(new NotDeliveredError().name).toBe('NotDeliveredError');
});
