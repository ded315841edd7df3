import { isUtf8 } from 'node:buffer';
import {
  asObject,
  doorOf,
  type Facts,
  isObject,
  type Judgement,
  type Payload,
  printable,
} from '../model/index.ts';

/** What an authentic webhook says: its own id if it has one, its type, and the facts that are stored. */
export type Reading = Judgement & { eventId: string | undefined; facts: Facts & { type: string } };

/**
 * The JSON of an authentic body, or undefined if it is not JSON.
 *
 * @param parse How its text is parsed. The verifier reads a few texts only, for which plain parsing is enough.
 */
export function parseJson(body: Uint8Array, parse: (text: string) => unknown = JSON.parse): unknown {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!isUtf8(bytes)) return undefined;
  try {
    return parse(bytes.toString().replace(BYTE_ORDER_MARK, ''));
  } catch {
    return undefined;
  }
}

const BYTE_ORDER_MARK = /^\uFEFF/;

/** Reads an authentic webhook: what it is about, and whether it can lead to anything. */
export function readWebhook(payload: unknown): Reading {
  const envelope = asObject(payload);
  const type = typeOf(payload, envelope);
  return {
    ...judge(payload, type),
    eventId: printable(envelope.event_id),
    facts: { type, ...doorOf(type).facts(envelope) },
  };
}

function judge(payload: unknown, type: string): Judgement {
  if (payload === undefined) return { kind: 'unprocessable', reason: 'not_json' };
  if (isSvixPing(asObject(payload))) return { kind: 'ignored', reason: 'svix_ping' };
  if (!isObject(payload)) return { kind: 'unprocessable', reason: 'missing_fields' };
  // No rule can name such a type.
  if (type === UNKNOWN_TYPE) return { kind: 'ignored', reason: 'unknown_event_type' };
  return doorOf(type).judge(payload);
}

/** What is listed as the type of a body that names none it could be known by. */
const UNKNOWN_TYPE = 'unknown';
const SVIX_PREFIX = 'svix.';
const SVIX_PING = 'svix.ping';

function typeOf(payload: unknown, envelope: Payload): string {
  if (!isObject(payload)) return UNKNOWN_TYPE;
  if (isSvixPing(envelope)) return printable(namedType(envelope) ?? SVIX_PING) ?? UNKNOWN_TYPE;
  // Default of the schema: an envelope without a type is a run_complete. A type that is not printable is unknown.
  return printable(envelope.event_type ?? 'run_complete') ?? UNKNOWN_TYPE;
}

/** Cyberdesk names a type as `event_type`, Svix names its own as `type`. A webhook that has both is Cyberdesk's. */
const namedType = (envelope: Payload): unknown => envelope.event_type ?? envelope.type;

/**
 * Svix's own messages: its ping, which "Send example" in its portal offers, names a type or is just this body.
 * Any other object without type and run may be a run that a transformation has flattened, which a person must see.
 */
function isSvixPing(envelope: Payload): boolean {
  const type = namedType(envelope);
  if (typeof type === 'string') return type.startsWith(SVIX_PREFIX);
  return envelope.success === true && Object.keys(envelope).length === 1;
}
