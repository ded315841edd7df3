import type { Metrics } from '../adapters/metrics.ts';
import { SECOND, type SweeperMetric } from '../core/model/index.ts';
import type { SweepPorts } from '../core/sweep/index.ts';

type Reports = Pick<SweepPorts, 'reportAge' | 'reportWaiting' | 'reportResent'>;

/** What a sweep reports, as metrics. */
export const sweepReports = (
  metrics: Pick<Metrics<SweeperMetric>, 'count' | 'seconds' | 'flush'>,
): Reports => ({
  reportAge(age) {
    metrics.seconds('OldestUnfinishedEventAge', Math.round(age / SECOND));
    // At once: what comes after may fail, or be killed.
    metrics.flush();
  },
  reportWaiting({ overdue, unavailable }) {
    // Only what is out of order: a metric is billed for each hour in which it is written.
    if (overdue > 0) metrics.count('EventOverdue', overdue);
    if (unavailable > 0) metrics.seconds('CyberdeskPauseAge', Math.round(unavailable / SECOND));
  },
  reportResent: (count) => metrics.count('EventResent', count),
});
