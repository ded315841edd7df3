import type { CallFailure, ProcessorMetric } from '../model/index.ts';
import type { PauseGate } from './pause-gate.ts';

export interface ReportPorts {
  gate: PauseGate;
  count(metric: ProcessorMetric): void;
}

/** Reports a call that failed for now: to the gate, for other calls to wait; and in metrics, for a person to fix. */
export async function reportFailure(
  { gate, count }: ReportPorts,
  { status, retryAfterMs, keyNotSet, notAsked }: CallFailure,
): Promise<void> {
  const report =
    status === 429 ? ({ kind: 'throttled', retryAfterMs } as const) : ({ kind: 'failed' } as const);
  // A secret that cannot be read says nothing about Cyberdesk.
  if (!notAsked && (await gate.report(report))) count('CyberdeskPaused');
  if (keyNotSet) count('ApiKeyNotSet');
  else if (status === 401 || status === 403) count('ApiKeyRejected');
}
