import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Announcement, Topics } from '../core/model/index.ts';

/** SNS rejects longer subjects. */
const MAX_SUBJECT = 100;

/** @param signal Aborts every call. */
export function snsTopics(
  client: Pick<SNSClient, 'send'>,
  arns: { notify: string; publish: string },
  signal?: AbortSignal,
): Topics {
  const send = async (
    arn: string,
    { dedupeId, subject, fields, attributes }: Announcement,
  ): Promise<void> => {
    const named = Object.entries({ ...attributes, dedupe_id: dedupeId });
    const command = new PublishCommand({
      TopicArn: arn,
      // SNS accepts one line of printable ASCII.
      Subject: subject.replace(/[^\x20-\x7e]/g, ' ').slice(0, MAX_SUBJECT),
      Message: JSON.stringify({ ...fields, dedupe_id: dedupeId }, null, 2),
      MessageAttributes: Object.fromEntries(
        named.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    });
    await client.send(command, signal ? { abortSignal: signal } : {});
  };
  return {
    notify: (announcement) => send(arns.notify, announcement),
    publish: (announcement) => send(arns.publish, announcement),
  };
}
