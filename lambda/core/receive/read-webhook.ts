import { asObject, EVENT_TYPES, type Facts, isObject, type Judgement, printable } from './event-types.ts';

export type Reading = Judgement & { facts: Facts };

/**
 * The JSON of an authentic body, or undefined if it is not JSON.
 *
 * @param parse How its text is parsed. The verifier reads a few texts only, for which plain parsing is enough.
 */
export function parseJson(body: Uint8Array, parse: (text: string) => unknown = JSON.parse): unknown {
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** Reads an authentic webhook: what it is about, and whether it can lead to anything. */
export function readWebhook(payload: unknown): Reading {
  const envelope = asObject(payload);
  const eventId = printable(envelope.event_id);
  const type = typeOf(payload, envelope);
  const known = Object.hasOwn(EVENT_TYPES, type) ? EVENT_TYPES[type] : undefined;
  const facts = {
    type,
    ...(eventId !== undefined && { eventId }),
    ...(known ?? EVENT_TYPES.run_complete)?.facts(envelope),
  };
  if (payload === undefined) return { kind: 'unprocessable', reason: 'not_json', facts };
  if (isSvixPing(envelope)) return { kind: 'ignored', reason: 'svix_ping', facts };
  if (!isObject(payload)) return { kind: 'unprocessable', reason: 'missing_fields', facts };
  if (!known) return { kind: 'ignored', reason: 'unknown_event_type', facts };
  return { ...known.judge(envelope), facts };
}

/** What is listed as the type of a body that names none it could be known by. */
const UNKNOWN_TYPE = 'unknown';
const SVIX_PREFIX = 'svix.';
const SVIX_PING = 'svix.ping';

function typeOf(payload: unknown, envelope: Record<string, unknown>): string {
  if (!isObject(payload)) return UNKNOWN_TYPE;
  if (isSvixPing(envelope)) return printable(namedType(envelope) ?? SVIX_PING) ?? UNKNOWN_TYPE;
  // Default of the schema: an envelope without a type is a run_complete. A type that is not printable is unknown.
  return printable(envelope.event_type ?? 'run_complete') ?? UNKNOWN_TYPE;
}

/** Cyberdesk names a type as `event_type`, Svix names its own as `type`. A webhook that has both is Cyberdesk's. */
const namedType = (envelope: Record<string, unknown>): unknown => envelope.event_type ?? envelope.type;

/**
 * Svix's own messages: its ping, which "Send example" in its portal offers, names a type or is just this body.
 * Any other object without type and run may be a run that a transformation has flattened, which a person must see.
 */
function isSvixPing(envelope: Record<string, unknown>): boolean {
  const type = namedType(envelope);
  if (typeof type === 'string') return type.startsWith(SVIX_PREFIX);
  return envelope.success === true && Object.keys(envelope).length === 1;
}
