import {
  AlarmStatusWidget,
  GraphWidget,
  type IWidget,
  MathExpression,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import type { Alarms } from './alarms.ts';
import { serviceMetric } from './service-metric.ts';

const SIZE = { width: 8, height: 6 };

/** Whether there are problems, at a glance: the alarms, the service level, and how long follow-ups take. */
export const wellBeing = (scope: IConstruct, { all, composites }: Alarms): IWidget[] => [
  new AlarmStatusWidget({ title: 'Alarms', alarms: [...composites, ...all], ...SIZE }),
  new SingleValueWidget({
    title: 'Finished within 5 minutes (99.9 % while Cyberdesk answers)',
    metrics: [
      onTime(scope),
      serviceMetric(scope, 'EventAccepted', { label: 'accepted' }),
      serviceMetric(scope, 'EventDelayed', { label: 'delayed by a pause' }),
    ],
    setPeriodToTimeRange: true,
    ...SIZE,
  }),
  new GraphWidget({
    title: 'From acceptance (s)',
    left: (['TimeToFollowUp', 'TimeToFinish'] as const).flatMap((name) =>
      [Stats.p(50), Stats.p(99)].map((statistic) =>
        serviceMetric(scope, name, { statistic, label: `${LABELS[name]}, ${statistic}` }),
      ),
    ),
    ...SIZE,
  }),
];

const LABELS = { TimeToFollowUp: 'to the started follow-up', TimeToFinish: 'to the end' };

/** In percent. Events that came a moment ago are not on time yet; a metric that was never reported has no value. */
function onTime(scope: IConstruct): MathExpression {
  const sumOf = (id: string) => `SUM([accepted * 0, FILL(${id}, 0)])`;
  return new MathExpression({
    label: 'on time, %',
    expression: `100 * ${sumOf('good')} / (accepted - ${sumOf('delayed')})`,
    usingMetrics: {
      accepted: serviceMetric(scope, 'EventAccepted'),
      good: serviceMetric(scope, 'EventOnTime'),
      delayed: serviceMetric(scope, 'EventDelayed'),
    },
  });
}
