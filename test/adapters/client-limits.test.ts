import type { Socket } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, it, vi } from 'vitest';
import { CALL_LIMITS } from '../../lambda/adapters/client-limits.ts';
import { CALL_TIMEOUT, RECORDING_TIME, SECOND } from '../../lambda/core/model/time.ts';
import { processorClients } from '../../lambda/processor/aws-clients.ts';
import { verifierClients } from '../../lambda/verifier/aws-clients.ts';
import { hangingService } from './hanging.ts';

/** The longest that a call may take: that of a request of the verifier, and less than what is kept for recording. */
const LONGEST = Math.min(CALL_TIMEOUT, RECORDING_TIME - 2 * SECOND);

interface Client {
  config: object;
  send(command: unknown, options?: { abortSignal: AbortSignal }): Promise<unknown>;
}

/** A call of each client. A message is sent to where its queue is. */
const callsAt = (url: URL) => ({
  dynamoDb: new GetItemCommand({ TableName: 't', Key: { pk: { S: 'p' } } }),
  sqs: new SendMessageCommand({ QueueUrl: `${url}0/queue`, MessageBody: 'm' }),
  sns: new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:1:t', Message: 'm' }),
  secrets: new GetSecretValueCommand({ SecretId: 's' }),
  eventBridge: new PutEventsCommand({ Entries: [] }),
  lambda: new InvokeCommand({ FunctionName: 'f' }),
});

beforeAll(() => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterAll(() => vi.unstubAllEnvs());

/** Sends a call of a client to a service at this URL. */
function callAt<K extends keyof ReturnType<typeof callsAt>>(
  url: URL,
  name: K,
  client: Client,
  abortSignal = AbortSignal.timeout(100 * SECOND),
): Promise<unknown> {
  const { hostname, port } = url;
  const endpoint = async () => ({ protocol: 'http:', hostname, port: Number(port), path: '/' });
  Object.assign(client.config, { endpoint, isCustomEndpoint: true });
  return client.send(callsAt(url)[name], { abortSignal });
}

/** How calls of all these clients ended, except for that which waits for a function. */
function endingsAt(url: URL, { lambda: _, ...clients }: Record<string, Client>): Promise<unknown[]> {
  return Promise.all(
    Object.entries(clients).map(([name, client]) =>
      callAt(url, name as 'sqs', client).catch((error: Error) => error.name),
    ),
  );
}

it('all attempts of a call end in time, with what the SDK waits between them', ({ expect }) => {
  const { maxAttempts, requestHandler } = CALL_LIMITS;
  const betweenAttempts = SECOND;
  expect(maxAttempts * requestHandler.requestTimeout + betweenAttempts).toBeLessThan(LONGEST);
});

const FUNCTIONS: [string, () => Record<string, Client>][] = [
  ['verifier', verifierClients],
  ['processor', processorClients],
];

it.concurrent.for(FUNCTIONS)(
  'a call of the %s that hangs is ended by its client, except for the wait for a function',
  async ([, make], { expect, onTestFinished }) => {
    const endings = await endingsAt(await hangingService(onTestFinished), make());

    expect(endings).toEqual(endings.map(() => 'TimeoutError'));
  },
);

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\n';

it.concurrent.for<[string, (socket: Socket) => void]>([
  ['stops in the middle', (socket) => socket.write(`${HEAD}content-length: 99\r\n\r\n{"Sec`)],
  ['never gets beyond its headers', (socket) => trickle(socket)],
])('an answer that %s is ended by the client', async ([, serve], { expect, onTestFinished }) => {
  const url = await hangingService(onTestFinished, serve);

  const endings = await endingsAt(url, { ...verifierClients() });

  expect(endings).toEqual(endings.map(() => 'TimeoutError'));
});

/** Sends a header each second, for as long as anyone listens. */
function trickle(socket: Socket): void {
  socket.write(HEAD);
  const timer = setInterval(() => socket.write('x-wait: a little\r\n'), SECOND);
  socket.on('close', () => clearInterval(timer));
}

it.concurrent('a connection that has died costs a call nothing but time', async ({
  expect,
  onTestFinished,
}) => {
  const url = await hangingService(onTestFinished, (socket, before) => {
    if (before > 0) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
  });

  expect(await callAt(url, 'secrets', verifierClients().secrets)).toMatchObject({
    $metadata: { attempts: 2 },
  });
});

it.concurrent('a function of the customer may take longer than any other call, until its signal ends', async ({
  expect,
  onTestFinished,
}) => {
  const url = await hangingService(onTestFinished);
  const signal = AbortSignal.timeout(4 * SECOND);

  await expect(callAt(url, 'lambda', processorClients().lambda, signal)).rejects.toThrow(/abort/i);
  expect(signal.aborted).toBe(true);
});
