import { parseExact } from '../../json/parse.ts';
import { writeJson } from '../../json/write.ts';
import {
  type ActionRecord,
  type CallFailure,
  type CallLimit,
  CURRENT_VERSION,
  type Cyberdesk,
  type Pin,
  type Reason,
  referenceOf,
  type SecretFault,
  type SecretLookup,
  type Secrets,
  sha256,
} from '../model/index.ts';
import { classify } from './classify.ts';

/** All attachments of one request together, in bytes before base64; a larger request would not fit the function. */
export const MAX_ATTACHMENT_BYTES = 10 * 1024 * 1024;

export type Resolution =
  | { kind: 'resolved'; body: string; pins: Pin[] }
  | { kind: 'refused'; reason: Reason; secret?: SecretFault }
  | { kind: 'unanswered'; failure: CallFailure };

export interface ResolvePorts {
  secrets: Secrets;
  cyberdesk: Cyberdesk;
  settings: { sensitiveSecretArns: readonly string[] };
}

/**
 * Fills the values of secrets and attachments into a body, in memory only. The first attempt pins what it used;
 * later ones use exactly that, because another value under the same idempotency key would be another request.
 */
export async function resolvePlaceholders(
  ports: ResolvePorts,
  { placeholders, pins: pinned }: ActionRecord,
  body: string,
  limit: CallLimit,
): Promise<Resolution> {
  if (!placeholders) return { kind: 'resolved', body, pins: [] };
  const content = parseExact(body);
  const pins: Pin[] = [];
  const room = { bytes: MAX_ATTACHMENT_BYTES };
  // Attachments change the length of their list, so the last comes first: earlier paths stay valid.
  for (const [index, placeholder] of [...placeholders.entries()].reverse()) {
    const pin = pinned?.[index];
    const reference = referenceOf(placeholder);
    const value =
      reference.kind === 'secret'
        ? await resolveSecret(ports, reference, pin)
        : await resolveAttachments(ports, reference.ids, { pin, room, limit });
    if (value.kind === 'refused' || value.kind === 'unanswered') return value;
    pins[index] = value.pin;
    fill(content, placeholder.path, value);
  }
  return { kind: 'resolved', body: writeJson(content), pins };
}

type Value =
  | { kind: 'secret'; value: unknown; pin: Pin }
  | { kind: 'attachments'; files: unknown[]; pin: Pin }
  | Exclude<Resolution, { kind: 'resolved' }>;

async function resolveSecret(
  { secrets, settings }: ResolvePorts,
  { id, field }: { id: string; field?: string },
  pin: Pin | undefined,
): Promise<Value> {
  const refuse = (kind: SecretFault['kind']): Value => ({
    kind: 'refused',
    reason: kind === 'not_listed' || kind === 'denied' ? 'secret_not_allowed' : 'secret_missing',
    secret: { kind, id, ...(field !== undefined && { field }) },
  });
  if (!settings.sensitiveSecretArns.includes(id)) return refuse('not_listed');
  let found: SecretLookup;
  try {
    found = await secrets.get(id, pin?.version ? { kind: 'id', id: pin.version } : CURRENT_VERSION);
  } catch {
    // An outage of Secrets Manager is not a crash of ours, and says nothing about Cyberdesk.
    return { kind: 'unanswered', failure: { kind: 'failed', mayHaveTakenEffect: false, notAsked: true } };
  }
  if (found.kind === 'missing') return refuse('empty');
  if (found.kind !== 'found') return refuse(found.kind);
  const pinned = { version: found.versionId };
  if (field === undefined) return { kind: 'secret', value: found.value, pin: pinned };
  const object = parsed(found.value);
  if (object === undefined) return refuse('not_json');
  const value = object?.[field];
  return value === undefined ? refuse('no_field') : { kind: 'secret', value, pin: pinned };
}

/** Undefined if the text is not JSON. */
function parsed(text: string): Record<string, unknown> | null | undefined {
  try {
    return parseExact(text) as Record<string, unknown> | null;
  } catch {
    return undefined;
  }
}

interface AttachmentUse {
  pin: Pin | undefined;
  /** Bytes left for all attachments of the request; used up as they are read. */
  room: { bytes: number };
  limit: CallLimit;
}

async function resolveAttachments(
  { cyberdesk }: ResolvePorts,
  ids: string[],
  { pin, room, limit }: AttachmentUse,
): Promise<Value> {
  const files: { filename: string; content: string }[] = [];
  const hashes: string[] = [];
  for (const [index, id] of ids.entries()) {
    const got = await cyberdesk.getAttachment(id, room.bytes, limit);
    if (got.kind === 'failed') {
      return classify(got, false).kind === 'refused'
        ? { kind: 'refused', reason: 'attachment_missing' }
        : { kind: 'unanswered', failure: got };
    }
    const { filename, bytes, content } = got.value;
    if (content === undefined || bytes > room.bytes)
      return { kind: 'refused', reason: 'attachment_too_large' };
    room.bytes -= bytes;
    const hash = sha256(content);
    // A file that differs from what the first attempt sent counts as missing.
    if (pin?.hashes && pin.hashes[index] !== hash) return { kind: 'refused', reason: 'attachment_missing' };
    hashes.push(hash);
    files.push({ filename, content: Buffer.from(content).toString('base64') });
  }
  return { kind: 'attachments', files, pin: { hashes } };
}

/** Puts a value in the place of its null. The path was written down when that null was. */
function fill(content: unknown, path: string[], value: FilledValue): void {
  const last = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce(childOf, content);
  if (value.kind === 'attachments' && Array.isArray(parent)) parent.splice(Number(last), 1, ...value.files);
  else Reflect.set(Object(parent), last, value.kind === 'secret' ? value.value : value.files);
}

type FilledValue = Extract<Value, { pin: Pin }>;

const childOf = (parent: unknown, key: string): unknown => Reflect.get(Object(parent), key);
