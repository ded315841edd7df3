import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Encryption } from './encryption/encryption.ts';
import type { Installation } from './installation.ts';
import type { Settings } from './settings/defaults.ts';

/**
 * Adds the outputs of an installation to its stack. The operator's command and the local run find them by these keys.
 */
export function addOutputs(installation: Installation, settings: Settings): void {
  const stack = Stack.of(installation);
  for (const [key, [value, description]] of Object.entries({
    ...outputsOf(installation),
    ...relianceOf(settings),
  })) {
    new CfnOutput(stack, key, { value, description });
  }
}

/** What the functions rely on; the presence of the first two also says that the processor knows the runs of `verify-api`. */
const relianceOf = ({
  idempotencyKeyLifetime,
  repeatUnanswered,
  previousSecretGracePeriod,
  retention,
}: Settings): Outputs => ({
  IdempotencyKeySeconds: [
    String(idempotencyKeyLifetime.toSeconds()),
    'Seconds for which Cyberdesk is expected to remember an idempotency key',
  ],
  RepeatUnanswered: [String(repeatUnanswered), 'Whether calls without a response are sent again at once'],
  PreviousSecretGraceDays: [
    String(previousSecretGracePeriod.toDays()),
    'Days that the previous signing secret is accepted after a rotation',
  ],
  EventRetentionDays: [String(retention.events.toDays()), 'Days that finished events are kept'],
  BodyRetentionDays: [String(retention.bodies.toDays()), 'Days that the bodies of events are kept'],
  CompletionRetentionDays: [String(retention.completions.toDays()), 'Days that completions are kept'],
});

/** Key → value and description. */
type Outputs = Record<string, [string, string]>;

function outputsOf(installation: Installation): Outputs {
  const { endpoint, signingSecret, apiKeySecret, originSecret, eventsTable, eventQueue, topics } =
    installation;
  const { domain } = endpoint;
  return {
    WebhookUrl: [endpoint.url, 'Enter this URL at Cyberdesk'],
    SigningSecretName: [signingSecret.name, 'Secret that holds the signing secret (whsec_...)'],
    ApiKeySecretName: [apiKeySecret.name, 'Secret that holds the Cyberdesk API key'],
    ...(originSecret && {
      OriginSecretName: [originSecret.name, 'Secret that holds the value of the origin header'],
    }),
    TableName: [eventsTable.table.tableName, 'Table of events and completions'],
    QueueUrl: [eventQueue.queue.queueUrl, 'Queue of events that wait for the processor'],
    DlqUrl: [eventQueue.deadLetterQueue.queueUrl, 'Queue of events that need a person'],
    NotifyTopicArn: [topics.notify.topicArn, 'Topic for people: what rules notify'],
    PublishTopicArn: [topics.publish.topicArn, 'Topic for systems: what rules publish'],
    AlarmTopicArn: [topics.alarms.topicArn, 'Topic for people on duty: alarms that cannot wait'],
    TicketTopicArn: [topics.tickets.topicArn, 'Topic for people at work: all other alarms'],
    Installation: [installation.installationId, 'Part of every idempotency key'],
    ...keysOf(topics.encryption),
    ...(domain && {
      DomainUrl: [domain.url, 'The same endpoint under your domain'],
      DomainTarget: [domain.target, 'Where a record outside Route 53 must point'],
    }),
  };
}

/** Only where a key is set: a stage without one keeps its template. */
const keysOf = ({ key, previous }: Encryption): Outputs => ({
  ...(key && { EncryptionKeyArn: [key.keyArn, 'Key that encrypts everything that is stored'] }),
  ...(previous.length > 0 && {
    PreviousEncryptionKeyArns: [
      previous.map(({ keyArn }) => keyArn).join(','),
      'Keys that encrypted it before, with which the functions may still decrypt',
    ],
  }),
});
