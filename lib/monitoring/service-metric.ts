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

/** Counted in the gateway's access log, by a metric filter: the gateway itself has no number for it. */
export const THROTTLED_REQUESTS = 'RequestThrottled';

/** Every metric that this service counts itself. */
export type ServiceMetricName = VerifierMetric | ProcessorMetric | SweeperMetric | typeof THROTTLED_REQUESTS;

/** A metric of the stack that a construct is in: the sum over five minutes, unless said otherwise. */
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
