import { isActive, isTerminal } from '../../../cyberdesk/run-status.ts';
import { parseTime } from '../../../cyberdesk/time.ts';
import { isFromBeforeRestore, recordRetry } from '../../completion/index.ts';
import {
  type ActionableEvent,
  type CallLimit,
  CLOCK_SKEW,
  endOf,
  isAboutRun,
  SECOND,
} from '../../model/index.ts';
import type { Call, Kind, LookUpPorts, Trace } from './kind.ts';

/** Runs the finished run again, in place under the same id. */
export const retryRun: Kind<'retryRun'> = {
  content: ({ body }) => body,
  references: { secret: /^sensitive_input_values\//, attachments: /^file_inputs\/\d+$/ },
  startsRuns: false,
  needsRun: true,
  insteadOf({ max, otherwise }, retries) {
    // Rules may be plain JavaScript; without a number nothing would ever stop the retries.
    if (!Number.isInteger(max)) throw new TypeError('retryRun needs a whole number as its max');
    return retries < max ? undefined : otherwise;
  },
  execution: {
    kind: 'call',
    runsOf: () => 1,
    // A retry counts from its beginning: a lost response must not let the rules have one more.
    recordAttempt: recordRetry,
    send: (cyberdesk, { body, record, event }, limit) =>
      cyberdesk.retryRun(runIdOf(event), body, record.key, limit),
    lookUp: lookUpRetry,
    takeRuns: async () => true,
  },
};

/** @throws TypeError for an event without a run, for which no retry is planned. */
function runIdOf(event: ActionableEvent): string {
  if (isAboutRun(event)) return event.run_id;
  throw new TypeError('only a run that has ended can be retried');
}

/**
 * A run that was retried in place is active again, or has ended later than the completion that asked for it. Only a status that is
 * known and an end that is shown say so: without them, a retry may have begun, have ended, or never have arrived.
 */
async function lookUpRetry(
  { cyberdesk }: LookUpPorts,
  { record, event, completion }: Call,
  limit: CallLimit,
): Promise<Trace> {
  const runId = runIdOf(event);
  const got = await cyberdesk.getRun(runId, limit);
  if (got.kind === 'failed') return { kind: 'unanswered', failure: got };
  const { status, ended_at } = got.value;
  // As lists, an answer about a single run may be late, and show it as it was before its end.
  if (isActive(status)) return { kind: 'candidate', runIds: [runId] };
  const endedAt = parseTime(ended_at);
  const end = endOf(completion);
  // Of an attempt that was made before a restore, nothing says when: the end that is shown may be the one that was reported.
  if (endedAt === undefined || (end === undefined && isFromBeforeRestore(record)))
    return { kind: 'ambiguous' };
  // Of a completion without a known end, only an end well away from the attempt's beginning is conclusive. The API may show
  // a known end in whole milliseconds or seconds, so one that is barely later may be the same.
  const began = record.begun?.first ?? 0;
  if (end === undefined ? endedAt > began + CLOCK_SKEW : endedAt >= end + SECOND)
    return { kind: 'ours', runIds: [runId] };
  const isAsBefore = end === undefined ? endedAt < began - CLOCK_SKEW : endedAt <= end;
  // Under a status that is not known, the run may be active again, and still show the end that it had.
  return isAsBefore && isTerminal(status) ? { kind: 'none' } : { kind: 'ambiguous' };
}
