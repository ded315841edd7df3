import { expect, it } from 'vitest';
import { partsOf } from '../../lambda/adapters/destinations/arn.ts';
import { awsDestinations, type DestinationClients } from '../../lambda/adapters/destinations/index.ts';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import type { Delivery } from '../../lambda/core/model/index.ts';

const ARNS = {
  queue: 'arn:aws:sqs:eu-central-1:123456789012:archive',
  fifo: 'arn:aws:sqs:eu-central-1:123456789012:archive.fifo',
  function: 'arn:aws:lambda:eu-central-1:123456789012:function:team:live',
  bus: 'arn:aws:events:eu-central-1:123456789012:event-bus/team',
};

type Sent = [command: string, input: Record<string, unknown>];
type Answer = (sent: Sent) => object;

const delivery = (destination: string, whole = '{"data":1}'): Delivery => ({
  destination,
  dedupeId: 'key-1',
  subject: 'run-1',
  type: 'io.cyberdesk.run_complete',
  whole,
  reference: '{"dataref":"…"}',
});

/** Delivers over clients that give this answer, or throw it if it is an error. */
async function send(what: Delivery, answer: Answer = () => ({}), signal = new AbortController().signal) {
  const sent: Sent[] = [];
  const client = {
    send: async (command: { input: Record<string, unknown> }, options: { abortSignal: AbortSignal }) => {
      options.abortSignal.throwIfAborted();
      sent.push([command.constructor.name, command.input]);
      const answered = answer([command.constructor.name, command.input]);
      if (answered instanceof Error) throw answered;
      return answered;
    },
  };
  const clients = { sqs: client, lambda: client, eventBridge: client } as unknown as DestinationClients;
  const destinations = awsDestinations(clients, ARNS, nodeSystem, signal);
  return { sent, outcome: await destinations.deliver(what, { until: Date.now() + 10_000 }) };
}

const awsError = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error('quotes {"data":1}'), { name, $metadata: { httpStatusCode } });

it('a queue gets one message under its URL', async () => {
  const { sent, outcome } = await send(delivery('queue'));

  expect(outcome).toEqual({ kind: 'delivered' });
  const QueueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/archive';
  expect(sent).toEqual([['SendMessageCommand', { QueueUrl, MessageBody: '{"data":1}' }]]);
});

it('a FIFO queue gets a group and a dedupe id, and another queue gets neither', async () => {
  const { sent } = await send(delivery('fifo'));

  expect(sent[0]?.[1]).toMatchObject({ MessageGroupId: 'run-1', MessageDeduplicationId: 'key-1' });
});

it('a function is invoked synchronously', async () => {
  const { sent, outcome } = await send(delivery('function'), () => ({ StatusCode: 200 }));

  expect(outcome).toEqual({ kind: 'delivered' });
  const { Payload, ...input } = sent[0]?.[1] ?? {};
  expect(input).toEqual({ FunctionName: ARNS.function, InvocationType: 'RequestResponse' });
  expect(String(Payload)).toBe('{"data":1}');
});

it('a function that ends in an error has not taken the event, although the status is 200', async () => {
  const { outcome } = await send(delivery('function'), () => ({
    StatusCode: 200,
    FunctionError: 'Unhandled',
  }));

  expect(outcome).toEqual({ kind: 'failed', problem: 'function_failed', status: 200 });
});

it('a bus gets the CloudEvent as the detail', async () => {
  const { sent, outcome } = await send(delivery('bus'), () => ({ FailedEntryCount: 0 }));

  expect(outcome).toEqual({ kind: 'delivered' });
  const entry = {
    EventBusName: ARNS.bus,
    Source: 'cyberdesk-webhooks',
    DetailType: 'io.cyberdesk.run_complete',
    Detail: '{"data":1}',
  };
  expect(sent).toEqual([['PutEventsCommand', { Entries: [entry] }]]);
});

it.each([
  [
    'ThrottlingException',
    { kind: 'failed', problem: 'entry_failed', status: 200, error: 'ThrottlingException' },
  ],
  ['MalformedDetail', { kind: 'refused', status: 200 }],
  [undefined, { kind: 'failed', problem: 'entry_failed', status: 200, error: 'Error' }],
])(
  'an entry that a bus does not take with %s is not delivered, although the status is 200',
  async (ErrorCode, is) => {
    const answer = { FailedEntryCount: 1, Entries: [{ ErrorCode }], $metadata: { httpStatusCode: 200 } };

    expect((await send(delivery('bus'), () => answer)).outcome).toEqual(is);
  },
);

it.each([
  ['queue', 1024 * 1024, 'MessageBody'],
  ['bus', 255 * 1024, 'Detail'],
])('a %s gets up to %d bytes whole, and above that a reference', async (destination, limit, field) => {
  const textOf = ({ sent }: { sent: Sent[] }) => {
    const input = sent[0]?.[1] ?? {};
    const [entry = input] = (input.Entries as Record<string, unknown>[] | undefined) ?? [];
    return entry[field];
  };
  // Two bytes in UTF-8.
  const most = 'é'.repeat(limit / 2);

  expect(textOf(await send(delivery(destination, most)))).toBe(most);
  expect(textOf(await send(delivery(destination, `${most}x`)))).toBe('{"dataref":"…"}');
});

it('a destination that does not take the whole event gets a reference', async () => {
  const refuse: Answer = ([, { MessageBody }]) =>
    MessageBody === '{"data":1}' ? awsError('AWS.SimpleQueueService.InvalidParameterValue', 400) : {};

  const { sent, outcome } = await send(delivery('queue'), refuse);

  expect(outcome).toEqual({ kind: 'delivered' });
  expect(sent.map(([, { MessageBody }]) => MessageBody)).toEqual(['{"data":1}', '{"dataref":"…"}']);
});

it.each([
  ['QueueDoesNotExist', 400, { kind: 'refused', status: 400 }],
  ['ResourceNotFoundException', 404, { kind: 'refused', status: 404 }],
  ['TooManyRequestsException', 429, { kind: 'failed', problem: 'not_delivered', status: 429 }],
  ['AccessDeniedException', 403, { kind: 'failed', problem: 'not_delivered', status: 403 }],
  ['ThrottlingException', 400, { kind: 'failed', problem: 'not_delivered', status: 400 }],
  ['TimeoutError', undefined, { kind: 'failed', problem: 'not_delivered' }],
])('the error %s of AWS, without its message, becomes %s', async (name, status, is) => {
  const { outcome } = await send(delivery('queue'), () => awsError(name, status));

  expect(outcome).toEqual(is.kind === 'failed' ? { ...is, error: name } : is);
});

it('a delivery is aborted with its invocation', async () => {
  const { sent, outcome } = await send(delivery('function'), undefined, AbortSignal.abort());

  expect(sent).toEqual([]);
  expect(outcome).toEqual({ kind: 'failed', problem: 'not_delivered', error: 'AbortError' });
});

it('a bus that says nothing about an entry that it did not take has failed', async () => {
  const { outcome } = await send(delivery('bus'), () => ({ FailedEntryCount: 1, $metadata: {} }));

  expect(outcome).toEqual({ kind: 'failed', problem: 'entry_failed', error: 'Error' });
});

it('a function that ends in an error without a status has failed', async () => {
  const { outcome } = await send(delivery('function'), () => ({ FunctionError: 'Unhandled' }));

  expect(outcome).toEqual({ kind: 'failed', problem: 'function_failed' });
});

it.each([
  ['an error without a name', { $metadata: {} }],
  ['an error whose name is a text', { name: 'a text', $metadata: {} }],
  ['an error of no client', { name: '' }],
])('%s becomes Error', async (_, thrown) => {
  const { outcome } = await send(delivery('queue'), () =>
    Object.assign(new Error('no'), { name: '', ...thrown }),
  );

  expect(outcome).toEqual({ kind: 'failed', problem: 'not_delivered', error: 'Error' });
});

it('a destination that is not in the settings is refused', async () => {
  const { sent, outcome } = await send(delivery('other'));

  expect([sent, outcome]).toEqual([[], { kind: 'refused' }]);
});

it('the resource of an ARN may have colons, and parts that are missing are empty', () => {
  const { partition, region, resource } = partsOf(ARNS.function);

  expect([partition, region, resource]).toEqual(['aws', 'eu-central-1', 'function:team:live']);
  expect(partsOf('')).toEqual({ partition: '', service: '', region: '', account: '', resource: '' });
});
