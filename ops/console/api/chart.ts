import { DAY, HOUR, MINUTE } from '../../../lambda/core/model/index.ts';
import { answersOver } from '../../doctor/answers.ts';
import type { Span } from '../../stage/metrics.ts';
import type { Stage } from '../../stage/stage.ts';
import { polledJson } from '../answer.ts';
import { type Route, readWanted } from './call.ts';
import { metricsKept } from './metrics-kept.ts';

/** Deliveries and failed events over time. */
export interface Chart {
  /** Epoch milliseconds. */
  from: number;
  /** Of a bar, milliseconds. */
  period: number;
  /** Deliveries that got a 2xx, in each period. */
  accepted: number[];
  /** Those that got another answer. */
  refused: number[];
  /** Events that failed. */
  failed: number[];
}

const MOST_BARS = 60;
const PERIODS = [1, 5, 15, 30, 60, 180, 360, 720, 1440, 2880].map((minutes) => minutes * MINUTE);
/** CloudWatch keeps minutes for 15 days, and five minutes for 63. */
const COARSER = [
  { age: 63 * DAY, period: HOUR },
  { age: 15 * DAY, period: 5 * MINUTE },
];

/** The times of a chart: at most {@link MOST_BARS} periods that begin at round times. */
export function spanOf(from: number, to: number, now: number): Span {
  const least = COARSER.find(({ age }) => now - from > age)?.period ?? MINUTE;
  const isEnough = (period: number) => period >= least && (to - from) / period <= MOST_BARS;
  const period = PERIODS.find(isEnough) ?? Math.ceil((to - from) / MOST_BARS / DAY) * DAY;
  return {
    from: Math.floor(from / period) * period,
    to: Math.ceil(to / period) * period,
    period,
  };
}

export function chartRoutes(stage: Stage): Record<string, Route> {
  const kept = metricsKept<Chart>(stage);
  return {
    'GET chart': async ({ query }) => {
      const now = Date.now();
      const { since = now - stage.outputs.eventRetentionDays * DAY, until = now } = readWanted(query, now);
      const span = spanOf(since, Math.max(until, since + MINUTE), now);
      return polledJson(await kept(query.toString(), now, () => readChart(stage, span)));
    },
  };
}

async function readChart(stage: Stage, span: Span): Promise<Chart> {
  return { from: span.from, period: span.period, ...(await answersOver(stage, span)) };
}
