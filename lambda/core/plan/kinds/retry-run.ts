import { isTerminal } from '../../../cyberdesk/run-status.ts';
import { parseTime } from '../../../cyberdesk/time.ts';
import { recordRetry } from '../../completion/index.ts';
import { type CallLimit, CLOCK_SKEW, endOf } from '../../model/index.ts';
import type { Call, Kind, LookUpPorts, Trace } from './kind.ts';

/** Runs the finished run again, in place under the same id. */
export const retryRun: Kind<'retryRun'> = {
  content: ({ body }) => body,
  references: { secret: /^sensitive_input_values\//, attachments: /^file_inputs\/\d+$/ },
  startsRuns: false,
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
      cyberdesk.retryRun(event.run_id, body, record.key, limit),
    lookUp: lookUpRetry,
    takeRuns: async () => true,
    runsStartedWith: async (_ports, { event }, { id }) =>
      id === event.run_id ? { kind: 'found', runIds: [id] } : { kind: 'other_run' },
  },
};

/** A run that was retried in place is active again, or has ended later than the completion that asked for it. */
async function lookUpRetry(
  { cyberdesk }: LookUpPorts,
  { record, event, completion }: Call,
  limit: CallLimit,
): Promise<Trace> {
  const got = await cyberdesk.getRun(event.run_id, limit);
  if (got.kind === 'failed') return { kind: 'unanswered', failure: got };
  const ours: Trace = { kind: 'ours', runIds: [event.run_id] };
  const none: Trace = { kind: 'none' };
  if (!isTerminal(got.value.status)) return ours;
  const endedAt = parseTime(got.value.ended_at);
  const end = endOf(completion);
  if (end !== undefined) return endedAt !== undefined && endedAt > end ? ours : none;
  // The completion has no known end, so only an end well away from the attempt's beginning is conclusive.
  const began = record.begun?.first ?? 0;
  if (endedAt === undefined || Math.abs(endedAt - began) <= CLOCK_SKEW) return { kind: 'ambiguous' };
  return endedAt > began ? ours : none;
}
