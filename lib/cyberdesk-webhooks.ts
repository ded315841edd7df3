import { Fn, Stack } from 'aws-cdk-lib';
import { type Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledgeFindings, acknowledgeHandlers } from './compliance/acknowledge.ts';
import { grantErase, grantRestore } from './data-grants.ts';
import { Destinations } from './destinations/destinations.ts';
import { KeyAccess } from './encryption/key-access.ts';
import { Processor } from './functions/processor.ts';
import { Sweeper } from './functions/sweeper.ts';
import { Verifier } from './functions/verifier.ts';
import {
  grantFind,
  grantReadEvent,
  grantReadEvents,
  grantRedrive,
  grantReplay,
  grantSetSecrets,
  grantSettle,
} from './grants.ts';
import { WebhookEndpoint } from './ingress/webhook-endpoint.ts';
import type { Installation } from './installation.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { type ServiceMetricName, serviceMetric } from './monitoring/service-metric.ts';
import { addOutputs } from './outputs.ts';
import type { CyberdeskWebhooksProps } from './props.ts';
import { checkProps, checkTogether } from './settings/check.ts';
import { type Settings, withDefaults } from './settings/defaults.ts';
import { SettingsError } from './settings/settings-error.ts';
import { EmptySecret } from './storage/empty-secret.ts';
import { EventQueue } from './storage/event-queue.ts';
import { EventsTable } from './storage/events-table.ts';
import { OriginSecret } from './storage/origin-secret.ts';
import { Topics } from './topics/topics.ts';

/** Receives Cyberdesk's webhooks, loses none, and starts the follow-up runs. A stack can contain one. */
export class CyberdeskWebhooks extends Construct implements Installation {
  /** Function that authenticates, stores and queues webhooks. */
  readonly verifier: Verifier;
  /** Function that starts the follow-ups. */
  readonly processor: Processor;
  /** Function that requeues events that have lost their message. */
  readonly sweeper: Sweeper;
  /** HTTP API that receives the webhooks. */
  readonly endpoint: WebhookEndpoint;
  /** Table of events and completions. */
  readonly eventsTable: EventsTable;
  /** Queue between verifier and processor, and its dead-letter queue. */
  readonly eventQueue: EventQueue;
  /** SNS topics for notifications, publications and alarms. */
  readonly topics: Topics;
  /** Secret for the endpoint's signing secret (`whsec_…`). */
  readonly signingSecret: EmptySecret;
  /** Secret for the Cyberdesk API key. */
  readonly apiKeySecret: EmptySecret;
  /** Value of the origin header, where `originHeader` is set: `originSecret.headers()` is for CloudFront. */
  readonly originSecret: OriginSecret | undefined;
  /** Alarms and, with full monitoring, a dashboard. */
  readonly monitoring: Monitoring;
  /**
   * Functions that were built from handlers of yours, by the names that these have in `destinations`. Give one its
   * resources as you would any function: `table.grantWriteData(fn)`, `fn.addEnvironment('TABLE', table.tableName)`.
   */
  readonly destinations: Readonly<Record<string, LambdaFunction>>;
  /** `<account>/<region>/<stack>`, part of every idempotency key. */
  readonly installationId: string;

  readonly #settings: Settings;

  /** @throws SettingsError where a prop cannot be used, or the stack already contains a `CyberdeskWebhooks` */
  constructor(scope: Construct, id: string, props: CyberdeskWebhooksProps) {
    super(scope, id);
    this.#refuseSecond(props.stage);
    checkProps(props);
    const settings = withDefaults(props);
    this.#settings = settings;
    checkTogether(settings, Stack.of(this).region);
    this.topics = new Topics(this, 'Topics', { settings });
    const { encryption } = this.topics;
    const { key } = encryption;
    const { protectData, pointInTimeRecovery } = settings;
    this.eventsTable = new EventsTable(this, 'Events', { protectData, pointInTimeRecovery, key });
    this.eventQueue = new EventQueue(this, 'Queues', { key });
    this.signingSecret = new EmptySecret(this, 'SigningSecret', {
      description: 'Signing secret of the Cyberdesk webhook endpoint (whsec_...)',
      protectData,
      key,
    });
    this.apiKeySecret = new EmptySecret(this, 'ApiKey', {
      description: 'Cyberdesk API key that starts follow-up runs',
      protectData,
      key,
    });
    this.originSecret = settings.originHeader && new OriginSecret(this, 'OriginSecret', key);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
    this.installationId = Fn.sub('${AWS::AccountId}/${AWS::Region}/${AWS::StackName}');
    const destinations = new Destinations(this, 'Destinations', { settings, encryption });
    this.destinations = functionsOf(destinations.handlers);
    const parts = { ...this.#storage(), settings, encryption, destinations };
    this.verifier = new Verifier(this, 'Verifier', parts);
    this.processor = new Processor(this, 'Processor', parts);
    this.sweeper = new Sweeper(this, 'Sweeper', parts);
    if (key || encryption.previous.length > 0) new KeyAccess(this, 'KeyAccess', { installation: this });
    this.endpoint = new WebhookEndpoint(this, 'Endpoint', { verifier: this.verifier, key, settings });
    this.monitoring = new Monitoring(this, 'Monitoring', { installation: this, settings });
    acknowledgeFindings(this);
    acknowledgeHandlers(Object.values(destinations.handlers));
  }

  /**
   * Adds outputs such as `WebhookUrl` and `AlarmTopicArn` to the stack. `npx --no cyberdesk-webhooks` reads them.
   * `CyberdeskWebhooksStack` adds them itself.
   */
  addOutputs(): void {
    addOutputs(this, this.#settings);
  }

  /**
   * A metric that this service reports.
   *
   * @default - the sum over five minutes
   */
  metric(name: ServiceMetricName, options?: MetricOptions): Metric {
    return serviceMetric(this, name, options);
  }

  /**
   * Number of events that were authenticated, stored and queued.
   *
   * @default - the sum over five minutes
   */
  metricEventAccepted(options?: MetricOptions): Metric {
    return this.metric('EventAccepted', options);
  }

  /**
   * Number of follow-up runs started.
   *
   * @default - the sum over five minutes
   */
  metricFollowUpStarted(options?: MetricOptions): Metric {
    return this.metric('FollowUpStarted', options);
  }

  /**
   * Number of events whose follow-ups failed permanently.
   *
   * @default - the sum over five minutes
   */
  metricFollowUpFailed(options?: MetricOptions): Metric {
    return this.metric('FollowUpFailed', options);
  }

  /**
   * Age of the oldest unfinished event in seconds, measured every 15 minutes.
   *
   * @default - the maximum over five minutes
   */
  metricOldestUnfinishedEventAge(options?: MetricOptions): Metric {
    return this.metric('OldestUnfinishedEventAge', { statistic: Stats.MAXIMUM, ...options });
  }

  /**
   * Number of messages in the dead-letter queue.
   *
   * @default - the maximum over five minutes
   */
  metricDeadLetters(options?: MetricOptions): Metric {
    return this.eventQueue.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
      statistic: Stats.MAXIMUM,
      ...options,
    });
  }

  /**
   * Grants permission to read events, their payloads and the results of their follow-ups, and to put on record who reads
   * a payload.
   */
  grantReadEvents(grantee: IGrantable): Grant {
    return grantReadEvents(grantee, this).combine(grantFind(grantee, this));
  }

  /** Grants the receiver of deliveries permission to read the event that a reference names, for `readEvent`. */
  grantReadEvent(grantee: IGrantable): Grant {
    return grantReadEvent(grantee, this);
  }

  /**
   * Grants permission to list dead letters, to move them back to the queue or delete them, and to put that on record.
   * The redrive of AWS's own console, which leaves no record, needs more: `sqs:StartMessageMoveTask`.
   */
  grantRedrive(grantee: IGrantable): Grant {
    return grantRedrive(grantee, this).combine(grantFind(grantee, this));
  }

  /** Grants permission to replay events, and to put that on record. */
  grantReplay(grantee: IGrantable): Grant {
    return grantReplay(grantee, this).combine(grantFind(grantee, this));
  }

  /**
   * Grants permission to settle actions with an unknown outcome, and to put that on record. Whoever has it can change the
   * records of follow-ups, and so make the processor start any run.
   */
  grantSettle(grantee: IGrantable): Grant {
    return grantSettle(grantee, this).combine(grantFind(grantee, this));
  }

  /**
   * Grants permission to erase payloads for good, and to put that on record. Whoever has it can read all events, write over them
   * and forge some, for which the rules start runs; what is planned and done is out of reach.
   */
  grantErase(grantee: IGrantable): Grant {
    return grantErase(grantee, this).combine(grantFind(grantee, this));
  }

  /**
   * Grants permission to restore the table to an earlier time, from tables that the operator's command makes, and to put
   * that on record. A table of another origin needs `dynamodb:Scan` and `dynamodb:DescribeTable` besides; to revive a deleted
   * table is left to administrators. Whoever has it can write any item, and so make the processor start any run.
   */
  grantRestore(grantee: IGrantable): Grant {
    return grantRestore(grantee, this).combine(grantFind(grantee, this));
  }

  /** Grants permission to set the signing secret and the API key, but not to read them, and to put that on record. */
  grantSetSecrets(grantee: IGrantable): Grant {
    return grantSetSecrets(grantee, this).combine(grantFind(grantee, this));
  }

  #storage() {
    const { eventsTable, eventQueue, topics, signingSecret, apiKeySecret, originSecret, installationId } =
      this;
    return { eventsTable, eventQueue, topics, signingSecret, apiKeySecret, originSecret, installationId };
  }

  /** Metrics, alarm names and idempotency keys identify an installation by the name of its stack. */
  #refuseSecond(stage: string): void {
    const others = Stack.of(this)
      .node.findAll()
      .filter((node) => node instanceof CyberdeskWebhooks && node !== this);
    if (others.length === 0) return;
    const problem = `the stack already contains ${others[0]?.node.path}; use another stack`;
    throw new SettingsError(stage, this.node.path, problem);
  }
}

const functionsOf = (handlers: Destinations['handlers']): Record<string, LambdaFunction> =>
  Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, handler.function]));
