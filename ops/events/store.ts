import { type AttributeValue, BatchGetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamoDbTable } from '../../lambda/adapters/dynamodb-table.ts';
import type { Item, Table } from '../../lambda/core/model/index.ts';
import {
  type CompletionItem,
  type EventItem,
  endedAtCompletion,
  eventKey,
  ownCompletion,
} from '../../lambda/core/model/index.ts';
import { UnknownEvent } from '../errors.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';

/** BatchGetItem takes no more keys at once. */
const BATCH = 100;

/** The stage's table with the protocol's own reads and compare-and-swap writes. */
export const tableOf = ({ clients, outputs }: Stage): Table =>
  dynamoDbTable(clients.dynamoDb as Parameters<typeof dynamoDbTable>[0], outputs.tableName);

/** @throws UnknownEvent */
export async function readEvent(stage: Stage, eventId: string): Promise<EventItem> {
  const found = await tableOf(stage).get(eventKey(eventId));
  if (!found) {
    throw new UnknownEvent(
      `there is no event "${eventId}" in ${stage.stackName}: see "${commandLine(stage.target, ['events', 'list'])}"; finished events are kept ${stage.outputs.eventRetentionDays} days`,
    );
  }
  return found as EventItem;
}

/** Everything in one partition: of `run#<id>`, its completions and its lineage. */
export async function readPartition(stage: Stage, pk: string): Promise<Item[]> {
  const items: Item[] = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page = await stage.clients.dynamoDb.send(
      new QueryCommand({
        TableName: stage.outputs.tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    items.push(...(page.Items ?? []).map((item) => unmarshall(item) as Item));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

export const isCompletion = (item: Item): item is CompletionItem => item.sk.startsWith('completion#');

/** Sort key of the completion that an event stands for; its own where nobody knows the run's end yet. */
export const completionOf = (event: EventItem): string =>
  event.ended_at !== undefined
    ? endedAtCompletion(event.ended_at)
    : (event.completion ?? ownCompletion(event.event_id));

/** What a list shows of an event: everything but its body. */
const LISTED = [
  'event_id',
  'svix_id',
  'type',
  'run_id',
  'workflow_id',
  'status',
  'state',
  'reason',
  'failure',
  'round',
  'duplicate_of',
  'merged_without_end',
  'received_at',
  'finished_at',
  'resent_at',
  'ended_at',
];

/** Events by their ids, without bodies; ids that are gone are left out. */
export async function readEvents(stage: Stage, ids: readonly string[]): Promise<Map<string, EventItem>> {
  const found = new Map<string, EventItem>();
  const { tableName } = stage.outputs;
  for (let start = 0; start < ids.length; start += BATCH) {
    let keys = ids.slice(start, start + BATCH).map((id) => {
      const { pk, sk } = eventKey(id);
      return { pk: { S: pk }, sk: { S: sk } } as Record<string, AttributeValue>;
    });
    while (keys.length > 0) {
      const { Responses, UnprocessedKeys } = await stage.clients.dynamoDb.send(
        new BatchGetItemCommand({
          RequestItems: {
            [tableName]: {
              Keys: keys,
              ConsistentRead: true,
              ProjectionExpression: LISTED.map((_, index) => `#a${index}`).join(', '),
              ExpressionAttributeNames: Object.fromEntries(LISTED.map((name, index) => [`#a${index}`, name])),
            },
          },
        }),
      );
      for (const item of Responses?.[tableName] ?? []) {
        const event = unmarshall(item) as EventItem;
        found.set(event.event_id, event);
      }
      keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
    }
  }
  return found;
}
