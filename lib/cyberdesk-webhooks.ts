import { Stack, Token } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledgeFindings } from './compliance/acknowledge.ts';
import { commonEnvironment, installation } from './functions/environment.ts';
import { Processor } from './functions/processor.ts';
import { Sweeper } from './functions/sweeper.ts';
import { Verifier } from './functions/verifier.ts';
import { WebhookApi } from './ingress/webhook-api.ts';
import { checkOptions } from './settings/check.ts';
import { withDefaults } from './settings/defaults.ts';
import type { CyberdeskWebhooksOptions } from './settings/options.ts';
import { EmptySecret } from './storage/empty-secret.ts';
import { EventQueue } from './storage/event-queue.ts';
import { EventsTable } from './storage/events-table.ts';
import { Topics } from './topics/topics.ts';

export interface CyberdeskWebhooksProps extends CyberdeskWebhooksOptions {
  /** Name of the stage; rules see it. */
  readonly stage: string;
}

/** Receives Cyberdesk's webhooks, loses none, and drives the follow-up runs. */
export class CyberdeskWebhooks extends Construct {
  readonly verifier: Verifier;
  readonly processor: Processor;
  readonly sweeper: Sweeper;
  readonly endpoint: WebhookApi;
  readonly events: EventsTable;
  readonly queues: EventQueue;
  readonly topics: Topics;
  readonly signingSecret: EmptySecret;
  readonly apiKeySecret: EmptySecret;
  /** `<account>/<region>/<stack>`: part of every idempotency key. */
  readonly installation: string;

  /** @throws SettingsError where an option cannot be used */
  constructor(scope: Construct, id: string, props: CyberdeskWebhooksProps) {
    super(scope, id);
    const { stage, ...options } = props;
    const { region } = Stack.of(this);
    checkOptions(stage, options, Token.isUnresolved(region) ? undefined : region);
    const settings = withDefaults(options);
    const { protectData } = settings;
    this.events = new EventsTable(this, 'Events', { protectData });
    this.queues = new EventQueue(this, 'Queues');
    this.topics = new Topics(this, 'Topics', { alarmEmails: settings.alarms.emails });
    this.signingSecret = new EmptySecret(this, 'SigningSecret', {
      description: 'Signing secret of the Cyberdesk webhook endpoint (whsec_...)',
      protectData,
    });
    this.apiKeySecret = new EmptySecret(this, 'ApiKey', {
      description: 'Cyberdesk API key that starts follow-up runs',
      protectData,
    });
    this.installation = installation();
    const parts = {
      environment: commonEnvironment(this, stage, settings.retention),
      settings,
      events: this.events,
      queues: this.queues,
      topics: this.topics,
      signingSecret: this.signingSecret,
      apiKeySecret: this.apiKeySecret,
    };
    this.verifier = new Verifier(this, 'Verifier', parts);
    this.processor = new Processor(this, 'Processor', parts);
    this.sweeper = new Sweeper(this, 'Sweeper', parts);
    const verifier = this.verifier.alias as IFunction;
    this.endpoint = new WebhookApi(this, 'Endpoint', { verifier, settings });
    acknowledgeFindings(this);
  }
}
