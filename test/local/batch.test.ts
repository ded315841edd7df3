import { describe, expect, it } from 'vitest';
import { doneMessages, type ReceivedMessage, sqsEvent } from '../../local/event-source/batch.ts';
import { failed, type Outcome } from '../../local/sandbox/outcome.ts';

const message = (id: string): ReceivedMessage => ({
  MessageId: id,
  ReceiptHandle: `r-${id}`,
  Body: '{}',
  MD5OfBody: 'm',
});
const batch = ['a', 'b', 'c'].map(message);

function done(outcome: Outcome, reports = true): string[] {
  return doneMessages(batch, outcome, reports).map((one) => one.MessageId);
}
const answered = (payload: string): Outcome => ({ kind: 'success' as const, payload });
const failures = (...ids: unknown[]) =>
  answered(JSON.stringify({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) }));

describe('doneMessages', () => {
  it.each(['null', '', '{}', '{"batchItemFailures":null}', '{"batchItemFailures":[]}'])(
    'all messages are deleted after %j',
    (payload) => {
      expect(done(answered(payload))).toEqual(['a', 'b', 'c']);
    },
  );

  it('a batch with failed items is deleted except for those items', () => {
    expect(done(failures('b'))).toEqual(['a', 'c']);
    expect(done(failures('a', 'b', 'c'))).toEqual([]);
  });

  it.each([
    ['an id that is not in the batch', failures('b', 'x')],
    ['an empty id', failures('')],
    ['no id', failures(null)],
    ['a wrong key', answered('{"batchItemFailures":[{"id":"a"}]}')],
    ['a null entry', answered('{"batchItemFailures":[null]}')],
    ['text instead of a list', answered('{"batchItemFailures":"a"}')],
    ['bad JSON', answered('{"batch')],
    ['text', answered('"ok"')],
    ['a function error', failed('handler', 'Error', 'x')],
    ['a timeout', failed('timeout', 'Sandbox.Timedout', 'x')],
  ])('no message is deleted after %s', (_, outcome) => {
    expect(done(outcome)).toEqual([]);
  });

  it('any success deletes the whole batch if the function does not report item failures', () => {
    expect(done(failures('b'), false)).toEqual(['a', 'b', 'c']);
    expect(done(failed('handler', 'Error', 'x'), false)).toEqual([]);
  });
});

describe('sqsEvent', () => {
  it('an SQS event has the property names of Lambda', () => {
    const attributes = { reason: { DataType: 'String', StringValue: 'x' } };
    const event = sqsEvent(
      [{ ...message('a'), MessageAttributes: attributes, Attributes: { ApproximateReceiveCount: '2' } }],
      'arn',
      'eu-1',
    );
    expect(event).toEqual({
      Records: [
        {
          messageId: 'a',
          receiptHandle: 'r-a',
          body: '{}',
          attributes: { ApproximateReceiveCount: '2' },
          messageAttributes: {
            reason: { stringValue: 'x', stringListValues: [], binaryListValues: [], dataType: 'String' },
          },
          md5OfBody: 'm',
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn',
          awsRegion: 'eu-1',
        },
      ],
    });
  });
});
