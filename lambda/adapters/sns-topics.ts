import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Announcement, AnnouncementOutcome, CallLimit, Topics } from '../core/model/index.ts';
import { failureOf } from './failure.ts';
import { endedBy, type Machine } from './system.ts';

/** SNS rejects longer subjects. */
const MAX_SUBJECT = 100;

/**
 * Errors after which the same announcement can never succeed: it is too large, or is not a text that SNS takes. The topics are
 * the stack's own, so one that does not exist is being deployed, or will be deployed again: that is no refusal.
 */
const REFUSALS = new Set([
  'InvalidParameter',
  'InvalidParameterException',
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'ValidationError',
  'ValidationException',
]);

/** The stage's own topics. @param signal Aborts every call. */
export function snsTopics(
  client: Pick<SNSClient, 'send'>,
  arns: { notify: string; publish: string },
  machine: Machine,
  signal: AbortSignal,
): Topics {
  const send = async (
    arn: string,
    { dedupeId, subject, fields, attributes }: Announcement,
    limit: CallLimit,
  ): Promise<AnnouncementOutcome> => {
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
    try {
      await client.send(command, { abortSignal: endedBy(machine, limit, signal) });
      return { kind: 'announced' };
    } catch (error) {
      return failureOf(error, REFUSALS);
    }
  };
  return {
    notify: (announcement, limit) => send(arns.notify, announcement, limit),
    publish: (announcement, limit) => send(arns.publish, announcement, limit),
  };
}
