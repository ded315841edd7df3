import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CyberdeskWebhooks } from './cyberdesk-webhooks.ts';
import { checkStage } from './settings/check.ts';
import type { StageSettings } from './settings/stage-settings.ts';

export interface CyberdeskWebhooksStackProps extends StageSettings {
  /** Name of the stage; rules see it. */
  readonly stage: string;
}

/** One stage. Its outputs are read by the operator's command and by the local run: keys stay as they are. */
export class CyberdeskWebhooksStack extends Stack {
  readonly webhooks: CyberdeskWebhooks;

  /** @throws SettingsError where a setting cannot be used */
  constructor(scope: Construct, id: string, props: CyberdeskWebhooksStackProps) {
    const { stage, ...settings } = props;
    checkStage(stage, settings);
    const { name: _, account, region, ...options } = settings;
    super(scope, id, {
      description: `Receives Cyberdesk webhooks and drives follow-up runs (${stage})`,
      // A stack that names no account can be deployed to any.
      ...(account && region ? { env: { account, region } } : {}),
      terminationProtection: options.protectData ?? true,
    });
    this.webhooks = new CyberdeskWebhooks(this, 'Webhooks', { stage, ...options });
    this.addOutputs();
  }

  private addOutputs(): void {
    const { endpoint, signingSecret, apiKeySecret, events, queues, topics, installation } = this.webhooks;
    this.addOutput('WebhookUrl', endpoint.url, 'Enter this URL at Cyberdesk');
    this.addOutput(
      'SigningSecretName',
      signingSecret.name,
      'Secret that takes the signing secret (whsec_...)',
    );
    this.addOutput('ApiKeySecretName', apiKeySecret.name, 'Secret that takes the Cyberdesk API key');
    this.addOutput('TableName', events.table.tableName, 'Table of events and completions');
    this.addOutput('QueueUrl', queues.queue.queueUrl, 'Queue of events that wait for the processor');
    this.addOutput('DlqUrl', queues.deadLetterQueue.queueUrl, 'Queue of events that need a person');
    this.addOutput('NotifyTopicArn', topics.notify.topicArn, 'Topic for people: what rules notify');
    this.addOutput('PublishTopicArn', topics.publish.topicArn, 'Topic for systems: what rules publish');
    this.addOutput('AlarmTopicArn', topics.alarms.topicArn, 'Topic for people on duty: alarms');
    this.addOutput('Installation', installation, 'Part of every idempotency key');
    if (endpoint.domain) {
      this.addOutput('DomainUrl', endpoint.domain.url, 'The same endpoint under your domain');
      this.addOutput('DomainTarget', endpoint.domain.target, 'Where a record outside Route 53 must point');
    }
  }

  private addOutput(key: string, value: string, description: string): void {
    new CfnOutput(this, key, { value, description });
  }
}
