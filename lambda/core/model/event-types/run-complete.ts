import * as v from 'valibot';
import { PRINTABLE_ID } from '../../../cyberdesk/printable-id.ts';
import { isActive, isTerminal, type TerminalStatus } from '../../../cyberdesk/run-status.ts';
import { parseTime } from '../../../cyberdesk/time.ts';
import type { FinishedEvent } from '../../../rules/rule.ts';
import { runPartition } from '../completion.ts';
import { completionOf, type EventItem } from '../event.ts';
import { hasVerificationMark } from '../verification.ts';
import type { EventType } from './event-type.ts';
import { asObject, printable } from './payload.ts';

/** A run has ended. */
export interface RunComplete extends EventItem {
  type: 'run_complete';
  run_id: string;
  workflow_id: string;
  status: TerminalStatus;
}

const id = v.pipe(v.string(), v.regex(PRINTABLE_ID));

/** Only what is needed to act is required; every other field may be absent, null or new. */
const Body = v.looseObject({
  run: v.looseObject({ id, workflow_id: id, status: v.pipe(v.string(), v.minLength(1), v.maxLength(64)) }),
});

/** Of the fields beyond those that are checked, `FinishedEvent` promises nothing: each may be absent or null. */
const isFinished = (payload: unknown): payload is FinishedEvent =>
  v.is(Body, payload) && isTerminal(payload.run.status);

export const runComplete: EventType<RunComplete> = {
  facts(payload) {
    const run = asObject(payload.run);
    const runId = printable(run.id);
    const workflowId = printable(run.workflow_id);
    const status = printable(run.status);
    const endedAt = parseTime(run.ended_at);
    return {
      ...(runId !== undefined && { run_id: runId }),
      ...(workflowId !== undefined && { workflow_id: workflowId }),
      ...(status !== undefined && { status }),
      ...(endedAt !== undefined && { ended_at: endedAt }),
    };
  },

  judge(payload) {
    if (!v.is(Body, payload)) return { kind: 'unprocessable', reason: 'missing_fields' };
    const { status } = payload.run;
    if (isTerminal(status)) {
      const isTrial = hasVerificationMark(payload.run.input_values);
      return isTrial ? { kind: 'ignored', reason: 'verification' } : { kind: 'actionable' };
    }
    // Test events from the Svix portal say `scheduling`. A status that is not known yet starts nothing.
    return { kind: 'ignored', reason: isActive(status) ? 'not_terminal' : 'unknown_status' };
  },

  isActionable: (event): event is RunComplete =>
    event.run_id !== undefined &&
    event.workflow_id !== undefined &&
    event.status !== undefined &&
    isTerminal(event.status),

  identity: 'ending',

  subject: ({ run_id }) => ({ id: run_id, pk: runPartition(run_id) }),

  completion(event) {
    const completion = completionOf(event);
    return completion === undefined
      ? { kind: 'unknown', run: { id: event.run_id, status: event.status } }
      : { kind: 'known', completion };
  },

  read: (payload) =>
    isFinished(payload) ? { kind: 'run_complete', event: payload, run: payload.run } : undefined,

  announce({ run_id, workflow_id, status }, apiUrl) {
    const attributes = { workflow_id, status };
    return {
      subject: 'A Cyberdesk run has ended',
      ids: { run_id, ...attributes },
      links: { run_url: `${apiUrl}/v1/runs/${encodeURIComponent(run_id)}` },
      attributes,
    };
  },
};
