import * as v from 'valibot';
import { isActive, isTerminal } from '../../cyberdesk/run-status.ts';
import { parseTime } from '../../cyberdesk/time.ts';
import type { Reason } from '../model/index.ts';

/** Ids end up in keys and paths: bounded, and of characters that a log line can show. */
const PRINTABLE_ID = /^[\x21-\x7e]{1,128}$/;
const id = v.pipe(v.string(), v.regex(PRINTABLE_ID));

/** Only what is needed to act is demanded; every other field may be absent, null or new. */
const RunComplete = v.looseObject({
  run: v.looseObject({ id, workflow_id: id, status: v.pipe(v.string(), v.minLength(1), v.maxLength(64)) }),
});

/** What the receiver keeps of a webhook beside its body. */
export interface Facts {
  eventId?: string;
  type: string;
  runId?: string;
  workflowId?: string;
  status?: string;
  /** Epoch milliseconds. */
  endedAt?: number;
}

export type Reading =
  | { verdict: 'act'; facts: Facts }
  | { verdict: 'ignored' | 'unprocessable'; reason: Reason; facts: Facts };

/** JSON of an authentic body, or undefined where it is none. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
const shown = (value: unknown): string | undefined =>
  typeof value === 'string' && PRINTABLE_ID.test(value) ? value : undefined;

/** Reads an authentic webhook: what it is about, and whether it can lead to anything. */
export function readWebhook(payload: unknown): Reading {
  const envelope = record(payload);
  const run = record(envelope.run);
  const eventId = shown(envelope.event_id);
  const runId = shown(run.id);
  const workflowId = shown(run.workflow_id);
  const status = shown(run.status);
  const endedAt = parseTime(run.ended_at);
  const facts: Facts = {
    // The schema's default: an envelope without a type is a run_complete. A type that is no name is another one.
    type: shown(envelope.event_type ?? 'run_complete') ?? 'unknown',
    ...(eventId !== undefined && { eventId }),
    ...(runId !== undefined && { runId }),
    ...(workflowId !== undefined && { workflowId }),
    ...(status !== undefined && { status }),
    ...(endedAt !== undefined && { endedAt }),
  };
  if (payload === undefined) return { verdict: 'unprocessable', reason: 'not_json', facts };
  if (facts.type !== 'run_complete') return { verdict: 'ignored', reason: 'unknown_event_type', facts };
  if (!v.is(RunComplete, payload)) return { verdict: 'unprocessable', reason: 'missing_fields', facts };
  const given = payload.run.status;
  if (isTerminal(given)) return { verdict: 'act', facts };
  // Portal test events say `scheduling`; a status of tomorrow is stored and starts nothing.
  const reason = isActive(given) ? 'not_terminal' : 'unknown_status';
  return { verdict: 'ignored', reason, facts };
}
