import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { sqsResendQueue } from '../../lambda/adapters/sqs-queues.ts';
import type { EventMessage } from '../../lambda/core/model/index.ts';
import { type Asked, startAws } from './aws.ts';

const messages: EventMessage[] = [
  { v: 1, event: 'a' },
  { v: 1, event: 'b' },
];

interface Entry {
  Id: string;
  MessageBody: string;
}
const entriesOf = ({ input }: Asked) => input.Entries as Entry[];

/** A queue that takes all but the message of one event. */
async function queueRefusing(event?: string) {
  const { asked, config } = await startAws((call) => {
    if (call.operation !== 'SendMessageBatch') return {};
    const isRefused = ({ MessageBody }: Entry) => JSON.parse(MessageBody).event === event;
    const entries = entriesOf(call);
    return {
      Successful: entries
        .filter((entry) => !isRefused(entry))
        .map(({ Id }) => ({ Id, MessageId: Id, MD5OfMessageBody: '' })),
      Failed: entries.filter(isRefused).map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
    };
  });
  // The answer of this queue has no checksums.
  const client = new SQSClient({ ...config, md5: false });
  return { asked, queue: sqsResendQueue(client, `${config.endpoint}/queue`) };
}

it('sendAll sends one batch and says which messages the queue did not take', async () => {
  const { asked, queue } = await queueRefusing('b');
  expect(await queue.sendAll(messages)).toEqual([messages[1]]);
  expect(asked).toHaveLength(1);
  expect(entriesOf(asked[0] as Asked).map(({ MessageBody }) => MessageBody)).toEqual([
    '{"v":1,"event":"a"}',
    '{"v":1,"event":"b"}',
  ]);
});

it('sendAll says nothing if the queue took all', async () => {
  expect(await (await queueRefusing()).queue.sendAll(messages)).toEqual([]);
});

it('the backlog is what waits and what is in flight', async () => {
  const { asked, config } = await startAws(() => ({
    Attributes: { ApproximateNumberOfMessages: '40', ApproximateNumberOfMessagesNotVisible: '2' },
  }));
  const queue = sqsResendQueue(new SQSClient(config), `${config.endpoint}/queue`);
  expect(await queue.backlog()).toBe(42);
  expect(asked[0]?.input.AttributeNames).toEqual([
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
  ]);
});
