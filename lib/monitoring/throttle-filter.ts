import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../../lambda/core/model/index.ts';
import { THROTTLED_REQUESTS } from './service-metric.ts';

/** Counts what the gateway's throttle turned away: its metrics know 4xx only as one number. */
export const countThrottledRequests = (scope: Construct, accessLogs: ILogGroup): MetricFilter =>
  new MetricFilter(scope, 'ThrottledRequests', {
    logGroup: accessLogs,
    filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
    metricNamespace: METRIC_NAMESPACE,
    metricName: THROTTLED_REQUESTS,
    metricValue: '1',
    dimensions: { [METRIC_DIMENSION]: `$.${METRIC_DIMENSION}` },
  });
