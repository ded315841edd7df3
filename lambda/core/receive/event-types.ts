import * as v from 'valibot';
import { isActive, isTerminal } from '../../cyberdesk/run-status.ts';
import { parseTime } from '../../cyberdesk/time.ts';
import type { FinishedEvent } from '../../rules/rule.ts';
import type { Reason } from '../model/index.ts';

/**
 * How webhooks of one type are read. What else sets the types apart: whether the processor can act on an event
 * (`isActionable` in `model/event.ts`; one that is judged actionable here and not there becomes a dead letter), which
 * completion it reports (`completionOf`, beside it), what identifies it at the door (`occurrence.ts`), which facts are shown
 * in a list (`INDEX_ATTRIBUTES` in `model/table.ts`), and what a rule sees (`readFinished` below).
 */
export interface EventType {
  /** Facts to keep beside the body, as far as they can be read. */
  facts(payload: Record<string, unknown>): Partial<Facts>;
  /** Whether the webhook can lead to anything. */
  judge(payload: Record<string, unknown>): Judgement;
}

export type Judgement = { kind: 'actionable' } | { kind: 'ignored' | 'unprocessable'; reason: Reason };

/** What the receiver keeps of a webhook besides its body. */
export interface Facts {
  eventId?: string;
  type: string;
  runId?: string;
  workflowId?: string;
  status?: string;
  /** Epoch milliseconds. */
  endedAt?: number;
}

/** Ids become part of keys and paths: they are limited in length, and to characters that a log line can show. */
const PRINTABLE_ID = /^[\x21-\x7e]{1,128}$/;
const id = v.pipe(v.string(), v.regex(PRINTABLE_ID));

/** Only what is needed to act is required; every other field may be absent, null or new. */
const RunComplete = v.looseObject({
  run: v.looseObject({ id, workflow_id: id, status: v.pipe(v.string(), v.minLength(1), v.maxLength(64)) }),
});

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const asObject = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {});

/** A value that may serve as an id. */
export const printable = (value: unknown): string | undefined =>
  typeof value === 'string' && PRINTABLE_ID.test(value) ? value : undefined;

const runComplete: EventType = {
  facts(payload) {
    const run = asObject(payload.run);
    const runId = printable(run.id);
    const workflowId = printable(run.workflow_id);
    const status = printable(run.status);
    const endedAt = parseTime(run.ended_at);
    return {
      ...(runId !== undefined && { runId }),
      ...(workflowId !== undefined && { workflowId }),
      ...(status !== undefined && { status }),
      ...(endedAt !== undefined && { endedAt }),
    };
  },
  judge(payload) {
    if (!v.is(RunComplete, payload)) return { kind: 'unprocessable', reason: 'missing_fields' };
    const { status } = payload.run;
    if (isTerminal(status)) return { kind: 'actionable' };
    // Test events from the Svix portal say `scheduling`. A status that is not known yet starts nothing.
    return { kind: 'ignored', reason: isActive(status) ? 'not_terminal' : 'unknown_status' };
  },
};

/** The event types that rules are asked about. */
export const EVENT_TYPES: Readonly<Record<string, EventType>> = { run_complete: runComplete };

/** A stored `run_complete` body; undefined if it is not what the verifier accepts. */
export function readFinished(payload: unknown): FinishedEvent | undefined {
  return isFinished(payload) ? payload : undefined;
}

/** Of the fields beyond those that are checked, `FinishedEvent` promises nothing: each may be absent or null. */
const isFinished = (payload: unknown): payload is FinishedEvent =>
  v.is(RunComplete, payload) && isTerminal(payload.run.status);
