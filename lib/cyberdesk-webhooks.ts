import { Stack, Token } from 'aws-cdk-lib';
import { type Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledgeFindings } from './compliance/acknowledge.ts';
import { commonEnvironment, installation } from './functions/environment.ts';
import { Processor } from './functions/processor.ts';
import { Sweeper } from './functions/sweeper.ts';
import { Verifier } from './functions/verifier.ts';
import { grantReadEvents, grantRedrive, grantReplay, grantSetSecrets } from './grants.ts';
import { WebhookApi } from './ingress/webhook-api.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { type ServiceMetricName, serviceMetric } from './monitoring/service-metric.ts';
import { addOutputs } from './outputs.ts';
import { checkOptions } from './settings/check.ts';
import { withDefaults } from './settings/defaults.ts';
import type { CyberdeskWebhooksOptions } from './settings/options.ts';
import { SettingsError } from './settings/settings-error.ts';
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
  readonly monitoring: Monitoring;
  /** `<account>/<region>/<stack>`: part of every idempotency key. */
  readonly installation: string;

  /** @throws SettingsError where an option cannot be used, or a stack has two of these */
  constructor(scope: Construct, id: string, props: CyberdeskWebhooksProps) {
    super(scope, id);
    const { stage, ...options } = props;
    const { region } = Stack.of(this);
    this.refuseSecond(stage);
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
    this.monitoring = new Monitoring(this, 'Monitoring', { webhooks: this, stage, settings });
    acknowledgeFindings(this);
  }

  /**
   * Adds the outputs that `npx cyberdesk-webhooks` reads to the stack, such as `WebhookUrl` and `AlarmTopicArn`.
   * `CyberdeskWebhooksStack` does so itself.
   */
  addOutputs(): this {
    addOutputs(this);
    return this;
  }

  /** A metric that this service counts: the sum over five minutes, unless said otherwise. */
  metric(name: ServiceMetricName, options?: MetricOptions): Metric {
    return serviceMetric(this, name, options);
  }

  /** Events that were verified, stored and queued. */
  metricEventAccepted(options?: MetricOptions): Metric {
    return this.metric('EventAccepted', options);
  }

  /** Follow-up runs that were started. */
  metricFollowUpStarted(options?: MetricOptions): Metric {
    return this.metric('FollowUpStarted', options);
  }

  /** Events whose follow-ups failed for good. */
  metricFollowUpFailed(options?: MetricOptions): Metric {
    return this.metric('FollowUpFailed', options);
  }

  /** Age of the oldest unfinished event in seconds, every 15 minutes. */
  metricOldestUnfinishedEventAge(options?: MetricOptions): Metric {
    return this.metric('OldestUnfinishedEventAge', { statistic: Stats.MAXIMUM, ...options });
  }

  /** Messages that wait for a person. */
  metricDeadLetters(options?: MetricOptions): Metric {
    return this.queues.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
      statistic: Stats.MAXIMUM,
      ...options,
    });
  }

  /** Lets somebody look at events, their payloads and what became of them. */
  grantReadEvents(grantee: IGrantable): Grant {
    return grantReadEvents(grantee, this.events);
  }

  /** Lets somebody move dead letters back to the queue. */
  grantRedrive(grantee: IGrantable): Grant {
    return grantRedrive(grantee, this.queues);
  }

  /** Lets somebody have events handled again. */
  grantReplay(grantee: IGrantable): Grant {
    return grantReplay(grantee, this.events, this.queues);
  }

  /** Lets somebody set the two secrets, but not read them. */
  grantSetSecrets(grantee: IGrantable): Grant {
    return grantSetSecrets(grantee, [this.signingSecret, this.apiKeySecret]);
  }

  /** The stack's name tells installations apart: in metrics, in alarm names and in idempotency keys. */
  private refuseSecond(stage: string): void {
    const others = Stack.of(this)
      .node.findAll()
      .filter((node) => node instanceof CyberdeskWebhooks && node !== this);
    if (others.length === 0) return;
    throw new SettingsError(
      stage,
      this.node.path,
      `its stack has ${others[0]?.node.path} already; use another stack`,
    );
  }
}
