import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../../lambda/core/model/index.ts';
import { THROTTLED_REQUESTS } from './service-metric.ts';

/** Counts throttled requests: the gateway's own metrics do not distinguish 429 from other 4xx. */
export const countThrottledRequests = (scope: Construct, accessLogs: ILogGroup): MetricFilter =>
  new MetricFilter(scope, 'ThrottledRequests', {
    logGroup: accessLogs,
    filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
    metricNamespace: METRIC_NAMESPACE,
    metricName: THROTTLED_REQUESTS,
    metricValue: '1',
    dimensions: { [METRIC_DIMENSION]: `$.${METRIC_DIMENSION}` },
  });
