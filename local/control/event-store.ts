import type { Item, Key } from '../../lambda/core/model/index.ts';
import {
  BY_DAY_INDEX,
  type CompletionItem,
  completionKey,
  type EventItem,
  endedAtCompletion,
  eventKey,
  ownCompletion,
} from '../../lambda/core/model/index.ts';
import { readBody } from '../../lambda/core/store/index.ts';
import type { AwsCaller } from '../emulators/caller.ts';
import { type JsonAttribute, plainItem } from './attributes.ts';

type JsonItem = Record<string, JsonAttribute>;

const dayMs = 86_400_000;
/** BatchGetItem's limit. */
const batchSize = 100;
/** What a list shows of an event, and no body. */
const listed = [
  'event_id',
  'svix_id',
  'received_at',
  'finished_at',
  'type',
  'run_id',
  'workflow_id',
  'status',
  'ended_at',
  'state',
  'reason',
  'failure',
  'duplicate_of',
  'body_bytes',
] as const;

/** Reads events out of the table, as an operator would. */
export class EventStore {
  private readonly aws: AwsCaller;
  private readonly table: string;
  private readonly days: number;

  /** @param days how far back events may lie */
  constructor(aws: AwsCaller, table: string, days: number) {
    this.aws = aws;
    this.table = table;
    this.days = days;
  }

  /** The newest events first. */
  async list(limit: number): Promise<Record<string, unknown>[]> {
    const ids: string[] = [];
    const now = Date.now();
    for (let back = -1; back <= this.days && ids.length < limit; back += 1) {
      const day = new Date(now - back * dayMs).toISOString().slice(0, 10);
      ids.push(...(await this.idsOf(day, limit - ids.length)));
    }
    const batches = Array.from({ length: Math.ceil(ids.length / batchSize) }, (_, index) =>
      this.batch(ids.slice(index * batchSize, (index + 1) * batchSize)),
    );
    const found = new Map((await Promise.all(batches)).flat().map((event) => [event.event_id, event]));
    return ids.map((id) => found.get(id)).filter((event) => event !== undefined);
  }

  /** One event with what became of its actions. */
  async show(id: string): Promise<Record<string, unknown> | undefined> {
    const event = await this.event(id);
    if (!event) return undefined;
    const completion = await this.completion(event);
    const {
      body: _body,
      pk: _pk,
      sk: _sk,
      tag: _tag,
      ...facts
    } = event as EventItem & Record<string, unknown>;
    return {
      ...facts,
      depth: completion?.depth ?? null,
      retries: completion?.retries ?? null,
      owner: completion?.owner ?? null,
      crashes: completion?.crashes ?? 0,
      not_before: completion?.not_before ?? null,
      actions: (completion?.actions ?? []).map((action) => ({
        rule: action.rule,
        position: action.position,
        kind: action.kind,
        state: action.result ? 'done' : action.failure ? 'failed' : action.begun ? 'begun' : 'planned',
        run_ids: action.result?.run_ids ?? [],
        adopted: action.result?.adopted ?? false,
        key: action.key,
        tries: action.tries,
        failure: action.failure ?? null,
      })),
    };
  }

  /** The bytes that were received. */
  async body(id: string): Promise<Uint8Array | undefined> {
    const event = await this.event(id);
    return (
      event &&
      readBody({ get: (key) => this.get(key), put: () => Promise.reject(new Error('read only')) }, event)
    );
  }

  private async event(id: string): Promise<EventItem | undefined> {
    return (await this.get(eventKey(id))) as EventItem | undefined;
  }

  private async completion(event: EventItem): Promise<CompletionItem | undefined> {
    if (event.run_id === undefined) return undefined;
    const ended =
      event.ended_at === undefined ? ownCompletion(event.event_id) : endedAtCompletion(event.ended_at);
    return (await this.get(completionKey(event.run_id, event.completion ?? ended))) as
      | CompletionItem
      | undefined;
  }

  private async get({ pk, sk }: Key): Promise<Item | undefined> {
    const { Item: item } = await this.aws.call<{ Item?: JsonItem }>('dynamodb', 'GetItem', {
      TableName: this.table,
      Key: { pk: { S: pk }, sk: { S: sk } },
      ConsistentRead: true,
    });
    return item && (plainItem(item) as unknown as Item);
  }

  private async idsOf(day: string, limit: number): Promise<string[]> {
    const ids: string[] = [];
    let start: unknown;
    do {
      const page = await this.aws.call<{ Items: JsonItem[]; LastEvaluatedKey?: unknown }>(
        'dynamodb',
        'Query',
        {
          TableName: this.table,
          IndexName: BY_DAY_INDEX,
          KeyConditionExpression: '#day = :day',
          ExpressionAttributeNames: { '#day': 'day' },
          ExpressionAttributeValues: { ':day': { S: day } },
          ScanIndexForward: false,
          ...(start !== undefined && { ExclusiveStartKey: start }),
        },
      );
      ids.push(...page.Items.map((item) => String(plainItem(item).event_id)));
      start = page.LastEvaluatedKey;
    } while (start !== undefined && ids.length < limit);
    return ids.slice(0, limit);
  }

  private async batch(ids: readonly string[]): Promise<Record<string, unknown>[]> {
    const names = Object.fromEntries(listed.map((name, index) => [`#n${index}`, name]));
    const { Responses } = await this.aws.call<{ Responses: Record<string, JsonItem[]> }>(
      'dynamodb',
      'BatchGetItem',
      {
        RequestItems: {
          [this.table]: {
            Keys: ids.map(eventKey).map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } })),
            ProjectionExpression: Object.keys(names).join(', '),
            ExpressionAttributeNames: names,
          },
        },
      },
    );
    return (Responses[this.table] ?? []).map(plainItem);
  }
}
