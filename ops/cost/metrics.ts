import {
  PROCESSOR_METRICS,
  type ProcessorMetric,
  SWEEPER_METRICS,
  type SweeperMetric,
  VERIFIER_METRICS,
  type VerifierMetric,
} from '../../lambda/core/model/index.ts';
import type { Parts } from './parts.ts';

/** Metrics of each function. All have one dimension with one value, so a name is one metric. */
const NAMES: Record<string, readonly string[]> = {
  verifier: VERIFIER_METRICS,
  processor: PROCESSOR_METRICS,
  sweeper: SWEEPER_METRICS,
};

/** Written by the sweeper whether or not there are events. */
const IDLE: readonly SweeperMetric[] = ['OldestUnfinishedEventAge'];
/** Written for events that succeed. */
const NORMAL: readonly (VerifierMetric | ProcessorMetric)[] = [
  'EventAccepted',
  'EventProcessed',
  'EventOnTime',
  'TimeToFinish',
  'TimeToFollowUp',
  'FollowUpStarted',
];

/** Counts by when they are written: `trouble` is all that is written only while what it reports happens. */
export function metricsOf({ functions, filterMetrics }: Parts) {
  const names = functions.flatMap(({ service }) => NAMES[service] ?? []);
  const among = (some: readonly string[]) => names.filter((name) => some.includes(name)).length;
  const [idle, normal] = [among(IDLE), among(NORMAL)];
  return { idle, normal, trouble: names.length + filterMetrics - idle - normal };
}
