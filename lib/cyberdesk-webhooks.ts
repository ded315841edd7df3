import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { commonEnvironment, installation } from './functions/environment.ts';
import { Processor, Sweeper, Verifier } from './functions/functions.ts';
import { WebhookApi } from './ingress/webhook-api.ts';
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

  constructor(scope: Construct, id: string, props: CyberdeskWebhooksProps) {
    super(scope, id);
    const protectData = props.protectData ?? true;
    this.events = new EventsTable(this, 'Events', { protectData });
    this.queues = new EventQueue(this, 'Queues');
    this.topics = new Topics(this, 'Topics');
    this.signingSecret = new EmptySecret(this, 'SigningSecret', {
      description: 'Signing secret of the Cyberdesk webhook endpoint (whsec_…)',
      protectData,
    });
    this.apiKeySecret = new EmptySecret(this, 'ApiKey', {
      description: 'Cyberdesk API key that starts follow-up runs',
      protectData,
    });
    this.installation = installation();
    const parts = {
      environment: commonEnvironment(this, props.stage, { eventDays: 90, completionDays: 180 }),
      options: props,
      events: this.events,
      queues: this.queues,
      topics: this.topics,
      signingSecret: this.signingSecret,
      apiKeySecret: this.apiKeySecret,
    };
    this.verifier = new Verifier(this, 'Verifier', parts);
    this.processor = new Processor(this, 'Processor', parts);
    this.sweeper = new Sweeper(this, 'Sweeper', parts);
    this.endpoint = new WebhookApi(this, 'Endpoint', { verifier: this.verifier.alias as IFunction });
  }
}
