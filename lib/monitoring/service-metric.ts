import { Duration, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import {
  METRIC_DIMENSION,
  METRIC_NAMESPACE,
  type ProcessorMetric,
  type SweeperMetric,
  type VerifierMetric,
} from '../../lambda/core/model/index.ts';

/** Counted by a metric filter on the gateway's access log, as the gateway has no metric for it. */
export const THROTTLED_REQUESTS = 'RequestThrottled';

/** Every metric that this service reports itself, such as `EventAccepted`, `FollowUpStarted` or `SignatureRejected`. */
export type ServiceMetricName = VerifierMetric | ProcessorMetric | SweeperMetric | typeof THROTTLED_REQUESTS;

/** A metric of the stack that contains a construct: the sum over five minutes by default. */
export const serviceMetric = (
  scope: IConstruct,
  metricName: ServiceMetricName,
  options?: MetricOptions,
): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [METRIC_DIMENSION]: Stack.of(scope).stackName },
    statistic: Stats.SUM,
    period: Duration.minutes(5),
    ...options,
  });
