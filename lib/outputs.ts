import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Installation } from './installation.ts';

/**
 * Adds the outputs of an installation to its stack. The operator's command and the local run find them by these keys.
 */
export function addOutputs(installation: Installation): void {
  const stack = Stack.of(installation);
  for (const [key, [value, description]] of Object.entries(outputsOf(installation))) {
    new CfnOutput(stack, key, { value, description });
  }
}

/** Key → value and description. */
function outputsOf(installation: Installation): Record<string, [string, string]> {
  const { endpoint, signingSecret, apiKeySecret, eventsTable, eventQueue, topics } = installation;
  const { domain } = endpoint;
  return {
    WebhookUrl: [endpoint.url, 'Enter this URL at Cyberdesk'],
    SigningSecretName: [signingSecret.name, 'Secret that takes the signing secret (whsec_...)'],
    ApiKeySecretName: [apiKeySecret.name, 'Secret that takes the Cyberdesk API key'],
    TableName: [eventsTable.table.tableName, 'Table of events and completions'],
    QueueUrl: [eventQueue.queue.queueUrl, 'Queue of events that wait for the processor'],
    DlqUrl: [eventQueue.deadLetterQueue.queueUrl, 'Queue of events that need a person'],
    NotifyTopicArn: [topics.notify.topicArn, 'Topic for people: what rules notify'],
    PublishTopicArn: [topics.publish.topicArn, 'Topic for systems: what rules publish'],
    AlarmTopicArn: [topics.alarms.topicArn, 'Topic for people on duty: alarms'],
    Installation: [installation.installationId, 'Part of every idempotency key'],
    ...(domain && {
      DomainUrl: [domain.url, 'The same endpoint under your domain'],
      DomainTarget: [domain.target, 'Where a record outside Route 53 must point'],
    }),
  };
}
