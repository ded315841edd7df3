import { Duration, Stack } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Stats,
  TextWidget,
  TextWidgetBackground,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Installation } from '../installation.ts';
import type { Alarms } from './alarms.ts';
import { type ServiceMetricName, serviceMetric } from './service-metric.ts';
import { wellBeing } from './well-being.ts';

/** Props of `OperationsDashboard`. */
export interface OperationsDashboardProps {
  readonly installation: Installation;
  readonly alarms: Alarms;
}

/** One page per stage: whether there are problems, then arrivals, follow-ups and the state of the parts. */
export class OperationsDashboard extends Construct {
  /** The CloudWatch dashboard. */
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { installation, alarms }: OperationsDashboardProps) {
    super(scope, id);
    this.dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.days(1) });
    this.dashboard.addWidgets(
      new TextWidget({
        markdown: `# ${Stack.of(this).stackName}\nEndpoint: ${installation.endpoint.url}`,
        width: 24,
        height: 2,
        // The default of CDK, which older releases leave to the service.
        background: TextWidgetBackground.TRANSPARENT,
      }),
    );
    this.dashboard.addWidgets(...wellBeing(this, alarms));
    this.dashboard.addWidgets(...this.#arrivals(installation));
    this.dashboard.addWidgets(...this.#followUps(installation));
    this.dashboard.addWidgets(...this.#machinery(installation));
  }

  #arrivals({ endpoint }: Installation): IWidget[] {
    return [
      graph('Gateway', [
        endpoint.stage.metricCount({ statistic: Stats.SUM, label: 'requests' }),
        endpoint.stage.metricClientError({ statistic: Stats.SUM, label: '4xx' }),
        endpoint.stage.metricServerError({ statistic: Stats.SUM, label: '5xx' }),
        this.#count('RequestThrottled', 'throttled'),
      ]),
      graph('Events', [
        this.#count('EventAccepted', 'accepted'),
        this.#count('EventDuplicate', 'duplicate'),
        this.#count('EventIgnored', 'ignored'),
        this.#count('EventUnprocessable', 'unprocessable'),
        this.#count('UnknownStatus', 'unknown status'),
      ]),
      graph('Refused', [
        this.#count('SignatureRejected', 'bad signature'),
        this.#count('TimestampRejected', 'of these, stale'),
        this.#count('UnsignedRequest', 'not a webhook'),
        this.#count('SourceRejected', 'source not allowed'),
        this.#count('BodyTooLarge', 'too large'),
        this.#count('SigningSecretNotSet', 'secret not set'),
        this.#count('SigningSecretMalformed', 'secret malformed'),
        this.#count('SigningSecretOddLength', 'secret of odd length'),
        this.#count('DependencyFailed', 'AWS call failed'),
        this.#count('PreviousSecretUsed', 'previous secret'),
      ]),
    ];
  }

  #followUps({ eventQueue }: Installation): IWidget[] {
    return [
      graph('Follow-ups', [
        this.#count('EventProcessed', 'events processed'),
        this.#count('MergedWithoutEnd', 'merged without end'),
        this.#count('FollowUpStarted', 'runs started'),
        this.#count('FollowUpAdopted', 'runs adopted'),
        this.#count('FollowUpFailed', 'failed'),
        this.#count('OutcomeUnknown', 'outcome unknown'),
      ]),
      graph('Cyberdesk', [
        this.#count('CyberdeskPaused', 'pauses'),
        serviceMetric(this, 'CyberdeskPauseAge', {
          statistic: Stats.MAXIMUM,
          label: 'unavailable, seconds',
        }),
        this.#count('ApiKeyRejected', 'key rejected'),
        this.#count('ApiKeyNotSet', 'key not set'),
      ]),
      graph('Waiting', [
        eventQueue.queue.metricApproximateNumberOfMessagesVisible({
          statistic: Stats.MAXIMUM,
          label: 'ready',
        }),
        eventQueue.queue.metricApproximateNumberOfMessagesNotVisible({
          statistic: Stats.MAXIMUM,
          label: 'in work or waiting',
        }),
        eventQueue.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
          statistic: Stats.MAXIMUM,
          label: 'dead letters',
        }),
      ]),
    ];
  }

  #machinery({ verifier, processor, sweeper, endpoint }: Installation): IWidget[] {
    const functions = { verifier, processor, sweeper };
    const each = (metric: (fn: LambdaFunction, label: string) => IMetric) =>
      Object.entries(functions).map(([label, { function: fn }]) => metric(fn, label));
    return [
      graph('Oldest unfinished event', [
        serviceMetric(this, 'OldestUnfinishedEventAge', {
          statistic: Stats.MAXIMUM,
          label: 'age in seconds',
        }),
        serviceMetric(this, 'EventOverdue', { statistic: Stats.MAXIMUM, label: 'overdue' }),
        this.#count('EventResent', 'sent again'),
      ]),
      graph('Function errors and throttles', [
        ...each((fn, label) => fn.metricErrors({ label: `${label} errors` })),
        ...each((fn, label) => fn.metricThrottles({ label: `${label} throttles` })),
      ]),
      graph('Slowest 1 in 100 (ms)', [
        endpoint.stage.metricLatency({ statistic: 'p99', label: 'gateway' }),
        ...each((fn, label) => fn.metricDuration({ statistic: 'p99', label })),
      ]),
    ];
  }

  #count(name: ServiceMetricName, label: string): IMetric {
    return serviceMetric(this, name, { label });
  }
}

const graph = (title: string, left: IMetric[]): GraphWidget =>
  new GraphWidget({ title, left, width: 8, height: 6 });
