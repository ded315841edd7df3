import { createHash } from 'node:crypto';
import { LoopbackServer, readBody, sendJson } from '../ops/http/index.ts';

/** An item as it is on the wire. */
type Item = Readonly<Record<string, { readonly S?: string }>>;

/** What a stub remembers. Without it, every put succeeds and nothing can be read. */
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

/**
 * The AWS services that the functions call through the real SDK: secrets with values, conditional puts, gets and sends. How
 * they behave in all else is tested elsewhere.
 *
 * @param secrets without a previous one, it is missing, as it is before the first rotation
 */
export async function startAws(secrets: { current: string; previous?: string }, kept?: Kept) {
  /** Operation → how often it was called. */
  const calls: Record<string, number> = {};
  const server = new LoopbackServer(async (request, response) => {
    const body = await readBody(request);
    // Of all the services here, SNS alone does not speak JSON.
    const operation = String(request.headers['x-amz-target'] ?? '.Publish').split('.')[1] ?? '';
    calls[operation] = (calls[operation] ?? 0) + 1;
    if (operation === 'Publish') return void response.end(PUBLISHED);
    const answer = answerTo(operation, JSON.parse(body.toString()));
    sendJson(response, '__type' in answer ? 400 : 200, answer);
  });
  const answerTo = (operation: string, input: Input): object => {
    if (operation === 'GetSecretValue')
      return secretAnswer(input.VersionStage === 'AWSPREVIOUS' ? secrets.previous : secrets.current);
    if (operation === 'SendMessage') return sendAnswer(input, kept);
    if (operation === 'PutItem' && kept) return putAnswer(input, kept);
    return operation === 'GetItem' ? { Item: kept?.items.get(keyOf(input.Key)) } : {};
  };
  return { url: await server.listen(), calls, close: () => server.close() };
}

const keyOf = (item: Item = {}): string => `${item.pk?.S}|${item.sk?.S}`;

/** Conditions are `attribute_not_exists(pk)` or `tag = :tag`. */
function putAnswer({ Item = {}, ...input }: Input, { items }: Kept): object {
  const tag = items.get(keyOf(Item))?.tag?.S;
  if (input.ConditionExpression !== undefined && tag !== input.ExpressionAttributeValues?.[':tag']?.S)
    return { __type: 'ConditionalCheckFailedException' };
  items.set(keyOf(Item), Item);
  return {};
}

function sendAnswer({ MessageBody = '' }: Input, kept: Kept | undefined): object {
  kept?.messages.push(MessageBody);
  // The SDK verifies the checksum.
  return { MessageId: 'm', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
}

const secretAnswer = (SecretString: string | undefined): object =>
  SecretString === undefined
    ? { __type: 'ResourceNotFoundException' }
    : { SecretString, VersionId: 'v', CreatedDate: Date.now() / 1000 };

const PUBLISHED =
  '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>';
