import { asObject, EVENT_TYPES, type Facts, type Judgement, printable } from './event-types.ts';

export type Reading = Judgement & { facts: Facts };

/** The JSON of an authentic body, or undefined if it is not JSON. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** Reads an authentic webhook: what it is about, and whether it can lead to anything. */
export function readWebhook(payload: unknown): Reading {
  const envelope = asObject(payload);
  // Default of the schema: an envelope without a type is a run_complete. A type that is not printable is unknown.
  const type = printable(envelope.event_type ?? 'run_complete') ?? 'unknown';
  const eventId = printable(envelope.event_id);
  const known = Object.hasOwn(EVENT_TYPES, type) ? EVENT_TYPES[type] : undefined;
  const facts = {
    type,
    ...(eventId !== undefined && { eventId }),
    ...(known ?? EVENT_TYPES.run_complete)?.facts(envelope),
  };
  if (payload === undefined) return { kind: 'unprocessable', reason: 'not_json', facts };
  if (!known) return { kind: 'ignored', reason: 'unknown_event_type', facts };
  return { ...known.judge(envelope), facts };
}
