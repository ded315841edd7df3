import { beforeEach, expect, it } from 'vitest';
import { EventBuses } from '../../local/emulators/event-buses.ts';
import { parseAwsRequest } from '../../local/emulators/messages.ts';
import { Outside } from '../../local/emulators/outside.ts';
import { neededGrants } from '../../local/front/grants.ts';
import { Invocations } from '../../local/sandbox/invocations.ts';
import type { FunctionModel, StackModel } from '../../local/template/model.ts';

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=A/20260101/eu-central-1/${service}/aws4_request, Signature=x`,
});
const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:own';
const OTHER = 'arn:aws:lambda:eu-central-1:123456789012:function:other';

/** An invocation as the SDK sends it. */
const invocation = (arn: string, body: string | Buffer = '{}', type = 'RequestResponse') =>
  parseAwsRequest(
    { ...signed('lambda'), 'x-amz-invocation-type': type },
    Buffer.from(body),
    `/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`,
  );

const putEvents = (...Entries: object[]) =>
  parseAwsRequest(
    { ...signed('events'), 'x-amz-target': 'AWSEvents.PutEvents' },
    Buffer.from(JSON.stringify({ Entries })),
  );

let outside: Outside;
let invoked: string[];
let lambda: Invocations;
beforeEach(() => {
  outside = new Outside();
  invoked = [];
  lambda = new Invocations({
    functions: [{ arn: ARN } as FunctionModel],
    outside,
    invoke: async (_, payload) => {
      invoked.push(payload.toString());
      return payload.toString() === '{}'
        ? { kind: 'success', payload: '1' }
        : { kind: 'failure', cause: 'handler', error: { errorType: 'Error', errorMessage: 'no' } };
    },
  });
});

it('an invocation runs the function of the stack, under its ARN or that of a version', async () => {
  expect(await lambda.handle(invocation(ARN))).toMatchObject({ status: 200, body: '1' });
  expect(await lambda.handle(invocation(`${ARN}:live`))).toMatchObject({ status: 200, body: '1' });
  expect(invoked).toEqual(['{}', '{}']);
});

it('a function that ends in an error is answered with 200 and a header, as by Lambda', async () => {
  const { status, headers } = await lambda.handle(invocation(ARN, '{"bad":1}'));

  expect({ status, error: headers['x-amz-function-error'] }).toEqual({ status: 200, error: 'Unhandled' });
});

it('what goes to a function of another stack is recorded', async () => {
  await lambda.handle(invocation(OTHER, '{"a":1}'));

  expect(outside.deliveries).toMatchObject([{ to: OTHER, body: '{"a":1}' }]);
});

it.each([
  ['asynchronous', invocation(ARN, '{}', 'Event'), 400],
  ['larger than 6 MiB', invocation(ARN, Buffer.alloc(6 * 1024 * 1024 + 1)), 413],
])('an invocation that is %s is refused', async (_, request, status) => {
  expect((await lambda.handle(request)).status).toBe(status);
  expect(invoked).toEqual([]);
});

it('an entry of a bus is recorded, and one that EventBridge does not take is reported with 200', async () => {
  const entry = { EventBusName: 'team', Source: 's', DetailType: 't', Detail: '{}' };

  const { status, body } = await new EventBuses(outside).handle(
    putEvents(entry, { ...entry, Detail: '[' }, { ...entry, Source: undefined }),
  );

  expect(status).toBe(200);
  expect(JSON.parse(String(body))).toMatchObject({
    FailedEntryCount: 2,
    Entries: [{}, { ErrorCode: 'MalformedDetail' }, { ErrorCode: 'InvalidArgument' }],
  });
  expect(outside.deliveries).toMatchObject([{ to: 'team', source: 's', type: 't', body: '{}' }]);
});

it('entries above the limit of EventBridge are refused', async () => {
  const Detail = JSON.stringify({ x: 'x'.repeat(256 * 1024) });

  expect(
    (await new EventBuses(outside).handle(putEvents({ Source: 's', DetailType: 't', Detail }))).status,
  ).toBe(400);
});

it('IAM is asked about the function, the bus and the queue that a call names, in whatever account they are', () => {
  const stack = {
    region: 'us-east-1',
    account: '000000000000',
    data: { tables: [], queues: [], topics: [], secrets: [], keys: [] },
  };
  const asked = (request: Parameters<typeof neededGrants>[1]) =>
    neededGrants(stack as never as StackModel, request);
  const send = (QueueUrl: string) =>
    parseAwsRequest(
      { ...signed('sqs'), 'x-amz-target': 'AmazonSQS.SendMessage' },
      Buffer.from(JSON.stringify({ QueueUrl })),
    );
  const bus = 'arn:aws:events:eu-central-1:123456789012:event-bus/team';

  expect(asked(invocation(OTHER))).toEqual([{ action: 'lambda:InvokeFunction', resource: OTHER }]);
  expect(asked(putEvents({ EventBusName: bus }, { EventBusName: bus }))).toEqual([
    { action: 'events:PutEvents', resource: bus },
  ]);
  expect(asked(send('https://sqs.eu-central-1.amazonaws.com/123456789012/archive'))).toEqual([
    { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:eu-central-1:123456789012:archive' },
  ]);
  expect(asked(send('http://127.0.0.1:4566/000000000000/own'))).toEqual([
    { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:000000000000:own' },
  ]);
});
