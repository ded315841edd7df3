import { createHash, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import {
  type CompletionItem,
  completionKey,
  type EventItem,
  endedAtCompletion,
  eventKey,
  ITEM_VERSION,
  type PauseItem,
} from '../../../lambda/core/model/index.ts';
import type { Whole } from './local-run.ts';

const HOUR = 3_600_000;

/** An unfinished event that was received two hours ago and has no message. */
export function forgottenEvent(outputData: object = {}): EventItem {
  const id = randomUUID();
  const received = new Date(Date.now() - 2 * HOUR).toISOString();
  const run = { id: randomUUID(), workflow_id: randomUUID(), status: 'success', ended_at: received };
  const body = Buffer.from(
    JSON.stringify({ event_id: id, event_type: 'run_complete', run: { ...run, output_data: outputData } }),
  );
  return {
    ...eventKey(id),
    v: ITEM_VERSION,
    tag: randomUUID(),
    event_id: id,
    svix_id: `msg_${id}`,
    received_at: received,
    type: 'run_complete',
    run_id: run.id,
    workflow_id: run.workflow_id,
    status: run.status,
    ended_at: Date.parse(received),
    state: 'received',
    failure: 0,
    round: 0,
    open: '0',
    day: received.slice(0, 10),
    body: gzipSync(body),
    body_sha256: createHash('sha256').update(body).digest('hex'),
    body_bytes: body.length,
  };
}

/** Its completion, with a start that began then and whose response is unknown. */
export function begunCompletion(event: EventItem, body: object): CompletionItem {
  const began = Date.parse(event.received_at);
  return {
    ...completionKey(event.run_id as string, endedAtCompletion(event.ended_at as number)),
    v: ITEM_VERSION,
    tag: randomUUID(),
    owner: event.event_id,
    crashes: 0,
    round: 0,
    actions: [
      {
        rule: 'start-next-workflow',
        position: 0,
        kind: 'startRun',
        generation: 0,
        key: randomUUID(),
        body: JSON.stringify(body),
        begun: { first: began, last: began },
        tries: 1,
        delayed: 0,
      },
    ],
    done: false,
    depth: 0,
    retries: 0,
    updated_at: began,
  };
}

/** Writes items unchanged. */
export async function putItems(
  { run }: Whole,
  ...items: (EventItem | CompletionItem | PauseItem)[]
): Promise<void> {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: run.awsUrl,
    credentials: run.credentials,
  });
  for (const item of items) {
    const Item = marshall(item, { removeUndefinedValues: true });
    await client.send(new PutItemCommand({ TableName: run.fn('verifier').environment.TABLE_NAME, Item }));
  }
}

/** Queues an event, as the verifier and the sweeper do. */
export async function queueEvent({ run }: Whole, event: EventItem): Promise<void> {
  const client = new SQSClient({ region: 'us-east-1', endpoint: run.awsUrl, credentials: run.credentials });
  const MessageBody = JSON.stringify({ v: 1, event: event.event_id });
  await client.send(
    new SendMessageCommand({ QueueUrl: run.fn('verifier').environment.QUEUE_URL, MessageBody }),
  );
}
