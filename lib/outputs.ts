import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { CyberdeskWebhooks } from './cyberdesk-webhooks.ts';

/**
 * The outputs of an installation, in its stack and under these very keys: the operator's command and the local run read
 * them.
 */
export function addOutputs(webhooks: CyberdeskWebhooks): void {
  const stack = Stack.of(webhooks);
  for (const [key, [value, description]] of Object.entries(outputsOf(webhooks))) {
    new CfnOutput(stack, key, { value, description });
  }
}

/** Key → value and description. */
function outputsOf(webhooks: CyberdeskWebhooks): Record<string, [string, string]> {
  const { endpoint, signingSecret, apiKeySecret, events, queues, topics, installation } = webhooks;
  const { domain } = endpoint;
  return {
    WebhookUrl: [endpoint.url, 'Enter this URL at Cyberdesk'],
    SigningSecretName: [signingSecret.name, 'Secret that takes the signing secret (whsec_...)'],
    ApiKeySecretName: [apiKeySecret.name, 'Secret that takes the Cyberdesk API key'],
    TableName: [events.table.tableName, 'Table of events and completions'],
    QueueUrl: [queues.queue.queueUrl, 'Queue of events that wait for the processor'],
    DlqUrl: [queues.deadLetterQueue.queueUrl, 'Queue of events that need a person'],
    NotifyTopicArn: [topics.notify.topicArn, 'Topic for people: what rules notify'],
    PublishTopicArn: [topics.publish.topicArn, 'Topic for systems: what rules publish'],
    AlarmTopicArn: [topics.alarms.topicArn, 'Topic for people on duty: alarms'],
    Installation: [installation, 'Part of every idempotency key'],
    ...(domain && {
      DomainUrl: [domain.url, 'The same endpoint under your domain'],
      DomainTarget: [domain.target, 'Where a record outside Route 53 must point'],
    }),
  };
}
