import { isRefusedRead } from '../../cyberdesk/answer-class.ts';
import type { CallFailure, ProcessorMetric } from '../model/index.ts';
import type { CallReport } from './call-report.ts';
import type { Subject } from './failure-tally.ts';
import type { PauseGate } from './pause-gate.ts';

export interface ReportPorts {
  gate: PauseGate;
  count(metric: ProcessorMetric): void;
}

/**
 * Reports a call that failed for now: to the gate, for other calls to wait; and in metrics, for a person to fix.
 *
 * @returns Whether the failure counts against the retry budget of what failed. A throttled call does not, nor does a
 * key that is missing or refused: what failed is not the cause.
 */
export async function reportFailure(
  { gate, count }: ReportPorts,
  failure: CallFailure,
  subject: Subject,
): Promise<{ charged: boolean }> {
  // A secret that cannot be read says nothing about Cyberdesk.
  if (failure.notAsked) return { charged: true };
  // An API whose list decides nothing is up, and so is one that rejects this request and no other.
  if (failure.incomplete || failure.unclear || isRefusedRead(failure)) {
    await gate.report({ kind: 'answered', by: 'read' });
    return { charged: true };
  }
  const report = reportOf(failure, subject);
  const { paused, keyRefused } = await gate.report(report);
  if (paused) count('CyberdeskPaused');
  if (report.kind === 'key_not_set') count('ApiKeyNotSet');
  if (keyRefused) count('ApiKeyRejected');
  return { charged: report.kind !== 'throttled' && report.kind !== 'key_not_set' && !keyRefused };
}

function reportOf({ status, retryAfterMs, keyNotSet }: CallFailure, subject: Subject): CallReport {
  if (keyNotSet) return { kind: 'key_not_set' };
  if (status === 429) return { kind: 'throttled', by: subject.by, retryAfterMs };
  if (status === 401 || status === 403) return { kind: 'denied', subject, status };
  return { kind: 'failed', subject, status };
}
