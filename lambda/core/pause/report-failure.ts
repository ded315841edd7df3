import type { Worker } from '../completion/index.ts';
import type { CallOutcome } from '../model/index.ts';

/** Tells gate and metrics of a call that failed for now: what else waits for it, and what a person must mend. */
export async function tellFailure(
  { gate, count }: Pick<Worker, 'gate' | 'count'>,
  { status, retryAfterMs, keyNotSet, notAsked }: Extract<CallOutcome<unknown>, { ok: false }>,
): Promise<void> {
  const report =
    status === 429 ? ({ kind: 'throttled', retryAfterMs } as const) : ({ kind: 'failed' } as const);
  // A secret that cannot be read says nothing about Cyberdesk.
  if (!notAsked && (await gate.report(report))) count('CyberdeskPaused');
  if (keyNotSet) count('ApiKeyNotSet');
  else if (status === 401 || status === 403) count('ApiKeyRejected');
}
