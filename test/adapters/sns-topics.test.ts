import { SNSClient } from '@aws-sdk/client-sns';
import { expect, it } from 'vitest';
import { snsTopics } from '../../lambda/adapters/sns-topics.ts';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import { answerWith } from './answer-with.ts';
import { capture } from './capture.ts';

const ARNS = { notify: 'arn:notify', publish: 'arn:publish' };
const announcement = (subject = 'A run failed') => ({
  dedupeId: 'key-1',
  subject,
  fields: { run_id: 'run-1', status: 'error' },
  attributes: { status: 'error' },
});

const NEVER = new AbortController().signal;
const soon = () => ({ until: Date.now() + 10_000 });

/** The topics over a client that gives this answer, or throws it if it is an error. */
function topicsThat(answer?: object, signal = NEVER) {
  const { client, sent } = capture(answer);
  return { sent, topics: snsTopics(client, ARNS, nodeSystem, signal) };
}

it.each(['notify', 'publish'] as const)('%s sends an announcement to its own topic', async (topic) => {
  const { topics, sent } = topicsThat();

  expect(await topics[topic](announcement(), soon())).toEqual({ kind: 'announced' });

  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  expect(sent).toEqual([
    {
      command: 'PublishCommand',
      input: {
        TopicArn: ARNS[topic],
        Subject: 'A run failed',
        Message: '{\n  "run_id": "run-1",\n  "status": "error",\n  "dedupe_id": "key-1"\n}',
        MessageAttributes: { status: text('error'), dedupe_id: text('key-1') },
      },
      signal: expect.any(AbortSignal),
    },
  ]);
});

it('a subject is one line of printable ASCII with at most 100 characters', async () => {
  const { topics, sent } = topicsThat();

  await topics.notify(announcement(`é\nnext${'x'.repeat(100)}`), soon());

  expect(sent).toMatchObject([{ input: { Subject: `  next${'x'.repeat(94)}` } }]);
});

it('an announcement is aborted with its invocation, and when its own time is up', async () => {
  const over = topicsThat({}, AbortSignal.abort());
  await over.topics.notify(announcement(), soon());
  const late = topicsThat();
  await late.topics.notify(announcement(), { until: Date.now() - 1 });
  await new Promise((resolve) => setTimeout(resolve, 20));

  expect([over, late].map(({ sent: [call] }) => call?.signal?.aborted)).toEqual([true, true]);
});

it.each([
  ['InvalidParameterException', 400, { kind: 'refused', status: 400 }],
  ['InvalidParameterValueException', 400, { kind: 'refused', status: 400 }],
  ['NotFoundException', 404, { kind: 'failed', status: 404 }],
  ['AuthorizationErrorException', 403, { kind: 'failed', status: 403 }],
  ['KMSThrottlingException', 400, { kind: 'failed', status: 400 }],
  ['ThrottledException', 429, { kind: 'failed', status: 429 }],
  ['InternalErrorException', 500, { kind: 'failed', status: 500 }],
  ['AbortError', undefined, { kind: 'failed' }],
])('the error %s of SNS, without its message, becomes %s', async (name, httpStatusCode, is) => {
  const quoting = new Error('quotes "run-1"');
  const { topics } = topicsThat(Object.assign(quoting, { name, $metadata: { httpStatusCode } }));

  const outcome = await topics.publish(announcement(), soon());

  expect(outcome).toEqual(is.kind === 'failed' ? { ...is, error: name } : is);
});

it('an error whose name may be a text becomes a mere error', async () => {
  const { topics } = topicsThat(Object.assign(new Error('down'), { name: 'three invoices filed' }));

  expect(await topics.publish(announcement(), soon())).toEqual({ kind: 'failed', error: 'Error' });
});

it.each(['InvalidParameter', 'ParameterValueInvalid'])(
  'a client of SNS reads the code %s of a message that SNS will never take as a refusal',
  async (Code) => {
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${Code}</Code><Message>no</Message></Error></ErrorResponse>`;
    const client = new SNSClient(await answerWith(400, body));
    const topics = snsTopics(client, ARNS, nodeSystem, NEVER);

    expect(await topics.publish(announcement(), soon())).toEqual({ kind: 'refused', status: 400 });
  },
);
