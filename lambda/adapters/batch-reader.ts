import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { BatchReader, Item, Key } from '../core/model/index.ts';
import { toItem } from './dynamodb-table.ts';
import { nodeSystem } from './system.ts';

type Client = Pick<DynamoDBClient, 'send'>;
type Attributes = Record<string, AttributeValue>;

/** DynamoDB kept leaving parts of a batch unread, as it does while it throttles. */
export class BatchNotReadError extends Error {
  override name = 'BatchNotReadError';
}

/** Requests in a row that read nothing before a batch is given up; the waits between them add up to some 3 s. */
const ATTEMPTS = 6;
/** In milliseconds; doubles with each request that reads nothing. */
const FIRST_WAIT = 100;

/**
 * Reads items of the table in batches.
 *
 * @param options `signal` aborts every call; `sleep` waits before a part that was left unread is asked for again.
 */
export function batchReader(
  client: Client,
  tableName: string,
  { signal, sleep = nodeSystem.sleep }: { signal?: AbortSignal; sleep?: (ms: number) => Promise<void> } = {},
): BatchReader {
  return {
    async getAll(keys: readonly Key[], { mayLag = false } = {}): Promise<(Item | undefined)[]> {
      // DynamoDB refuses a batch that names a key twice.
      const distinct = new Map(keys.map((key) => [idOf(key), key]));
      const found = new Map<string, Item>();
      const ask = async (open: Attributes[]): Promise<Attributes[]> => {
        const command = new BatchGetItemCommand({
          RequestItems: { [tableName]: { Keys: open, ConsistentRead: !mayLag } },
        });
        const { Responses, UnprocessedKeys } = await client.send(
          command,
          signal ? { abortSignal: signal } : {},
        );
        for (const item of (Responses?.[tableName] ?? []).map(toItem)) found.set(idOf(item), item);
        return UnprocessedKeys?.[tableName]?.Keys ?? [];
      };
      await untilRead([...distinct.values()].map(toAttributes), ask, sleep);
      return keys.map((key) => found.get(idOf(key)));
    },
  };
}

/**
 * Asks for keys until none is left unread, after a wait that grows while nothing is read.
 *
 * @param ask asks once, and returns the keys that were left
 * @throws BatchNotReadError
 */
export async function untilRead(
  keys: Attributes[],
  ask: (open: Attributes[]) => Promise<Attributes[]>,
  sleep: (ms: number) => Promise<void> = nodeSystem.sleep,
): Promise<void> {
  let open = keys;
  for (let attempt = 0; open.length > 0; ) {
    if (attempt === ATTEMPTS) {
      throw new BatchNotReadError('DynamoDB left parts of a batch unread; is it throttling this table?');
    }
    if (attempt > 0) await sleep(FIRST_WAIT * 2 ** (attempt - 1));
    const left = await ask(open);
    // One answer holds 16 MB at most, so some keys may be left without any throttling.
    attempt = left.length < open.length ? 1 : attempt + 1;
    open = left;
  }
}

const idOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;
const toAttributes = ({ pk, sk }: Key): Attributes => ({ pk: { S: pk }, sk: { S: sk } });
