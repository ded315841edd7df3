import { expect, it } from 'vitest';
import {
  hideMessage,
  sqsDeadLetterQueue,
  sqsQueue,
  sqsResendQueue,
} from '../../lambda/adapters/sqs-queues.ts';
import { capture, signal } from './capture.ts';

const message = (id: string) => ({ event: id, v: 1 as const });

it('a message to the queue names its event, and ends with the invocation', async () => {
  const { client, sent } = capture();

  await sqsQueue(client, 'url', signal).send(message('e'));

  const input = { QueueUrl: 'url', MessageBody: JSON.stringify(message('e')) };
  expect(sent).toEqual([{ command: 'SendMessageCommand', input, signal }]);
});

it('a dead letter has its reason as an attribute', async () => {
  const { client, sent } = capture();

  await sqsDeadLetterQueue(client, 'url', signal).send('body', 'rule_threw');

  const MessageAttributes = { reason: { DataType: 'String', StringValue: 'rule_threw' } };
  const input = { QueueUrl: 'url', MessageBody: 'body', MessageAttributes };
  expect(sent).toEqual([{ command: 'SendMessageCommand', input, signal }]);
});

it('the length of the queue ends with the invocation, and is zero without attributes', async () => {
  const { client, sent } = capture();

  expect(await sqsResendQueue(client, 'url', signal).backlog()).toBe(0);
  expect(sent).toMatchObject([{ command: 'GetQueueAttributesCommand', signal }]);
});

it('a batch that SQS takes whole leaves nothing to send again', async () => {
  const { client, sent } = capture();

  expect(await sqsResendQueue(client, 'url', signal).sendAll([message('a')])).toEqual([]);
  expect(sent).toMatchObject([{ command: 'SendMessageBatchCommand', signal }]);
});

it('hiding a message ends with the invocation', async () => {
  const { client, sent } = capture();

  await hideMessage(client, 'url')('handle', 1000, signal);

  expect(sent).toMatchObject([{ command: 'ChangeMessageVisibilityCommand', signal }]);
});
