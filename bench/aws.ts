import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An item as it is on the wire. */
type Item = Readonly<Record<string, { readonly S?: string }>>;

/** What a stub remembers for the reads that follow. Without it, every put succeeds and nothing can be read. */
export interface Kept {
  readonly items: Map<string, Item>;
  /** Bodies of the messages that were sent. */
  readonly messages: string[];
}

interface Input {
  readonly VersionStage?: string;
  readonly MessageBody?: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
}

/** An error of a service, by its name. */
class AwsFault extends Error {
  override name = 'AwsFaultError';
}

/**
 * The AWS services that the functions call through the real SDK, as far as speed and signatures are concerned: secrets with values,
 * conditional puts, gets, sends. How they behave in all else is tested elsewhere.
 *
 * @param secrets without a previous one, it is missing as it is before the first rotation
 */
export async function startAws(secrets: { current: string; previous?: string }, kept?: Kept) {
  const calls = { put: 0, sent: 0, secret: 0 };
  /** The operations in the order in which they arrived. */
  const operations: string[] = [];
  const answer = (operation: string, input: Input): object => {
    if (operation === 'PutItem') {
      calls.put += 1;
      if (kept) put(kept.items, input);
    }
    if (operation === 'GetItem') return { Item: kept?.items.get(keyOf(input.Key)) };
    if (operation === 'SendMessage') {
      calls.sent += 1;
      return sent(input, kept);
    }
    if (operation !== 'GetSecretValue') return {};
    calls.secret += 1;
    const value = input.VersionStage === 'AWSPREVIOUS' ? secrets.previous : secrets.current;
    if (value === undefined) throw new AwsFault('ResourceNotFoundException');
    return { SecretString: value, VersionId: 'v', CreatedDate: Date.now() / 1000 };
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? 'Publish';
      if (kept) operations.push(operation);
      // Of all the services here, SNS alone does not speak JSON.
      if (operation === 'Publish') return void response.end(PUBLISHED);
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      try {
        response.end(JSON.stringify(answer(operation, JSON.parse(Buffer.concat(chunks).toString()))));
      } catch (error) {
        if (!(error instanceof AwsFault)) throw error;
        response.writeHead(400).end(JSON.stringify({ __type: error.message, message: '' }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, calls, operations, close: () => server.closeAllConnections() ?? server.close() };
}

/** Most of a stub's type is inferred. */
export type Aws = Awaited<ReturnType<typeof startAws>>;

const keyOf = (item: Item = {}): string => `${item.pk?.S}|${item.sk?.S}`;

/** @throws AwsFault when the condition does not hold: `attribute_not_exists(pk)` or `tag = :tag` */
function put(items: Map<string, Item>, { Item = {}, ...input }: Input): void {
  const found = items.get(keyOf(Item));
  const expected = input.ExpressionAttributeValues?.[':tag']?.S;
  const holds = input.ConditionExpression === undefined || found?.tag?.S === expected;
  if (!holds) throw new AwsFault('ConditionalCheckFailedException');
  items.set(keyOf(Item), Item);
}

function sent({ MessageBody = '' }: Input, kept: Kept | undefined): object {
  kept?.messages.push(MessageBody);
  // The SDK verifies the checksum.
  return { MessageId: 'm', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
}

const PUBLISHED =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m</MessageId></PublishResult>' +
  '</PublishResponse>';
