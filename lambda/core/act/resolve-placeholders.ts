import type {
  ActionRecord,
  CallLimit,
  CallOutcome,
  Cyberdesk,
  Pin,
  Placeholder,
  Reason,
  SecretLookup,
  Secrets,
} from '../model/index.ts';
import { sha256 } from '../model/index.ts';
import { classify } from './classify.ts';

/** All attachments of one request together, in bytes before base64; a bigger request would not fit the function. */
export const MAX_ATTACHMENT_BYTES = 10 * 1024 * 1024;

export type Resolution =
  | { kind: 'resolved'; body: string; pins: Pin[] }
  | { kind: 'refused'; reason: Reason }
  | { kind: 'unanswered'; outcome: Extract<CallOutcome<unknown>, { ok: false }> };

export interface ResolvePorts {
  secrets: Secrets;
  cyberdesk: Cyberdesk;
}

/**
 * Puts the values of secrets and attachments into a body, in memory only. The first attempt pins what it used;
 * later ones use exactly that, as another value under the same idempotency key would be another request.
 */
export async function resolve(
  ports: ResolvePorts,
  action: ActionRecord,
  body: string,
  allowedSecrets: readonly string[],
  limit: CallLimit,
): Promise<Resolution> {
  if (!action.placeholders) return { kind: 'resolved', body, pins: [] };
  const content = JSON.parse(body) as Record<string, unknown>;
  const pins: Pin[] = [];
  const room = { bytes: MAX_ATTACHMENT_BYTES };
  // Attachments change the length of their list, so the last comes first: earlier paths stay right.
  for (const [index, placeholder] of [...action.placeholders.entries()].reverse()) {
    const pin = action.pins?.[index];
    const value =
      'secret' in placeholder
        ? await resolveSecret(ports, placeholder.secret, pin, allowedSecrets)
        : await resolveAttachments(ports, placeholder.attachments.ids, pin, room, limit);
    if (value.kind !== 'value') return value;
    pins[index] = value.pin;
    fill(content, placeholder, value.value);
  }
  return { kind: 'resolved', body: JSON.stringify(content), pins };
}

type Value = { kind: 'value'; value: unknown; pin: Pin } | Exclude<Resolution, { kind: 'resolved' }>;

async function resolveSecret(
  { secrets }: ResolvePorts,
  { id, field }: { id: string; field?: string },
  pin: Pin | undefined,
  allowed: readonly string[],
): Promise<Value> {
  if (!allowed.includes(id)) return { kind: 'refused', reason: 'secret_not_allowed' };
  let found: SecretLookup;
  try {
    found = await secrets.get(id, pin?.version ? { id: pin.version } : { stage: 'AWSCURRENT' });
  } catch {
    // An outage of the store is no crash of ours, and says nothing about Cyberdesk.
    return { kind: 'unanswered', outcome: { ok: false, mayHaveTakenEffect: false, notAsked: true } };
  }
  if (found.kind === 'denied') return { kind: 'refused', reason: 'secret_not_allowed' };
  if (found.kind === 'missing') return { kind: 'refused', reason: 'secret_missing' };
  const value = field === undefined ? found.value : fieldOf(found.value, field);
  if (value === undefined) return { kind: 'refused', reason: 'secret_missing' };
  return { kind: 'value', value, pin: { version: found.versionId } };
}

function fieldOf(json: string, field: string): unknown {
  try {
    return (JSON.parse(json) as Record<string, unknown> | null)?.[field];
  } catch {
    return undefined;
  }
}

async function resolveAttachments(
  { cyberdesk }: ResolvePorts,
  ids: string[],
  pin: Pin | undefined,
  room: { bytes: number },
  limit: CallLimit,
): Promise<Value> {
  const files: { filename: string; content: string }[] = [];
  const hashes: string[] = [];
  for (const [index, id] of ids.entries()) {
    const got = await cyberdesk.getAttachment(id, room.bytes, limit);
    if (!got.ok) {
      return classify(got, false).kind === 'transient'
        ? { kind: 'unanswered', outcome: got }
        : { kind: 'refused', reason: 'attachment_missing' };
    }
    const { filename, bytes, content } = got.value;
    if (content === undefined || bytes > room.bytes)
      return { kind: 'refused', reason: 'attachment_too_large' };
    room.bytes -= bytes;
    const hash = sha256(content);
    // Not the file that the first attempt sent: as good as gone.
    if (pin?.hashes && pin.hashes[index] !== hash) return { kind: 'refused', reason: 'attachment_missing' };
    hashes.push(hash);
    files.push({ filename, content: Buffer.from(content).toString('base64') });
  }
  return { kind: 'value', value: files, pin: { hashes } };
}

function fill(content: Record<string, unknown>, { path, ...what }: Placeholder, value: unknown): void {
  const parents = path.slice(0, -1);
  const last = path.at(-1) as string;
  const parent = parents.reduce((at, key) => at[key] as Record<string, unknown>, content);
  if ('attachments' in what && Array.isArray(parent)) parent.splice(Number(last), 1, ...(value as unknown[]));
  else parent[last] = value;
}
