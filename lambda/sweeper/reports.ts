import type { Log } from '../adapters/log.ts';
import { SECOND, type SweeperMetric } from '../core/model/index.ts';
import type { SweepPorts } from '../core/sweep/index.ts';

type Reports = Pick<SweepPorts, 'reportAge' | 'reportWaiting' | 'reportResent'>;

/** What a sweep reports, as log. */
export const sweepReports = (
  log: Pick<Log<SweeperMetric>, 'count' | 'seconds' | 'flush' | 'line'>,
): Reports => ({
  reportAge(age) {
    log.seconds('OldestUnfinishedEventAge', Math.round(age / SECOND));
    // At once: what comes after may fail, or be killed.
    log.flush();
  },
  reportWaiting({ overdue, unavailable }) {
    // Only what is out of order: a metric is billed for each hour in which it is written.
    if (overdue > 0) log.count('EventOverdue', overdue);
    if (unavailable > 0) log.seconds('CyberdeskPauseAge', Math.round(unavailable / SECOND));
  },
  reportResent(events) {
    log.count('EventResent', events.length);
    for (const { event_id, run_id } of events)
      log.line('info', 'message sent again', { event_id, run_id, reason: 'no sign of a message' });
  },
});
