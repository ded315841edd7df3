import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Installation } from '../installation.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { linksOf } from './alarm-links.ts';
import { queueLink } from './console-links.ts';
import { serviceMetric } from './service-metric.ts';

/** Share of the accepted events that may miss the service level: 99.9 % are to be finished in five minutes. */
const ALLOWANCE = 0.001;
/** Events that must have missed it before an alarm rings: on a quiet stage, one is a large share. */
const LEAST = 5;

/** How fast the allowance of a month is used up: 1 is as fast as it may be, for a whole month. */
interface Burn {
  readonly id: string;
  readonly severity: AlarmDefinition['severity'];
  readonly title: string;
  readonly rate: number;
  /** What has been missed in this time is worth a notification. */
  readonly long: Duration;
  /** It still goes on. Two sweeps at least, as these count what is overdue. */
  readonly short: Duration;
}

/** The usual pairs: 2 % of a month's allowance in an hour, 10 % in a day. */
const BURNS: readonly Burn[] = [
  {
    id: 'FastBurn',
    severity: 'page',
    title: 'Events late',
    rate: 14.4,
    long: Duration.hours(1),
    short: Duration.minutes(30),
  },
  {
    id: 'SlowBurn',
    severity: 'ticket',
    title: 'Slow burn',
    rate: 3,
    long: Duration.days(1),
    short: Duration.hours(2),
  },
];

/** Alarms about the service level; they ring together only, in a composite. */
export const burnAlarms = (installation: Installation): AlarmDefinition[] =>
  BURNS.flatMap(({ id, severity, title, rate, long, short }) => {
    const shared = { severity, isFullOnly: true, title, threshold: rate };
    const { processor } = linksOf(installation);
    const links = { Queue: queueLink(installation.eventQueue.queue), ...processor };
    return [
      {
        ...shared,
        id: `${id}Long`,
        sentence: `In ${long.toHumanString()}, too many accepted events were not finished within five minutes.`,
        metric: burnOfAccepted(installation, long),
        links,
      },
      {
        ...shared,
        id: `${id}Short`,
        sentence: `In ${short.toHumanString()}, too many events were overdue or failed.`,
        metric: burnOfOverdue(installation, short),
        links,
      },
    ];
  });

/**
 * From what was accepted and did not end in time: a processor that does nothing counts nothing.
 * Events that came a moment ago are among it, so a burst of events rings here, and only here.
 *
 * A metric that was never reported has no value, which FILL does not change; a sum leaves it out.
 */
function burnOfAccepted(installation: Installation, period: Duration): MathExpression {
  const count = (name: 'EventAccepted' | 'EventOnTime' | 'EventDelayed') => serviceMetric(installation, name);
  const accepted = count('EventAccepted');
  const bad = new MathExpression({
    label: 'missed',
    expression: 'accepted - SUM([accepted * 0, FILL(good, 0), FILL(delayed, 0)])',
    usingMetrics: { accepted, good: count('EventOnTime'), delayed: count('EventDelayed') },
    period,
  });
  return new MathExpression({
    label: 'burn rate',
    expression: `IF(bad >= ${LEAST}, bad / accepted / ${ALLOWANCE}, 0)`,
    usingMetrics: { bad, accepted },
    period,
  });
}

/** From what the sweeper finds overdue, and what has failed. */
function burnOfOverdue(installation: Installation, period: Duration): MathExpression {
  const bad = new MathExpression({
    label: 'missed',
    expression: 'SUM([FILL(overdue, 0), FILL(failed, 0)])',
    usingMetrics: {
      overdue: serviceMetric(installation, 'EventOverdue', { statistic: Stats.MAXIMUM }),
      failed: serviceMetric(installation, 'FollowUpFailed'),
    },
    period,
  });
  return new MathExpression({
    label: 'burn rate',
    expression: `IF(bad > 0, bad / SUM([bad, FILL(accepted, 0)]) / ${ALLOWANCE}, 0)`,
    usingMetrics: { bad, accepted: serviceMetric(installation, 'EventAccepted') },
    period,
  });
}
