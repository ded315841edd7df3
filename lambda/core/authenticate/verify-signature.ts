import { isUtf8 } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Webhook, WebhookVerificationError } from 'svix';
import type { SigningKeys } from './signing-secret.ts';

export type Signer = 'current' | 'previous';

/** Request headers by their lower-case names, as API Gateway passes them. */
export type Headers = Record<string, string | undefined>;

/** The three headers of a delivery. White-labelled senders use the prefix `webhook-` instead of `svix-`. */
export interface DeliveryHeaders {
  id: string;
  timestamp: string;
  signature: string;
}

export function deliveryHeaders(headers: Headers): DeliveryHeaders | undefined {
  const read = (part: string) => headers[`svix-${part}`] ?? headers[`webhook-${part}`];
  const [id, timestamp, signature] = [read('id'), read('timestamp'), read('signature')];
  return id && timestamp && signature ? { id, timestamp, signature } : undefined;
}

/** Bytes from which on it is worth hashing them as they are, without the conversions to text and back that `svix` makes. */
const LARGE_BODY = 256_000;

/**
 * Which key has signed these bytes, if any. They must be the raw body, before it is parsed. `svix` compares in
 * constant time and refuses a timestamp that is more than five minutes off in either direction.
 *
 * @param large size of a body that is hashed here, without these conversions
 */
export function verifySignature(
  body: Uint8Array,
  headers: DeliveryHeaders,
  keys: SigningKeys,
  large = LARGE_BODY,
): Signer | undefined {
  // `svix` parses leniently: "123abc" and "0123" would be checked as 123, although other bytes were sent.
  if (!/^[1-9]\d{0,11}$/.test(headers.timestamp)) return undefined;
  // `svix` checks text. Invalid UTF-8 would be replaced first, so that two different bodies would look the same.
  if (!isUtf8(body)) return undefined;
  const isSignedBy = body.byteLength < large ? isTextSignedBy : isLargeSignedBy;
  for (const signer of ['current', 'previous'] as const) {
    const key = keys[signer];
    if (key !== undefined && isSignedBy(key, body, headers)) return signer;
  }
  return undefined;
}

type Check = (key: string, body: Uint8Array, headers: DeliveryHeaders) => boolean;

const isTextSignedBy: Check = (key, body, { id, timestamp, signature }) => {
  const headers = { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signature };
  try {
    new Webhook(key).verify(Buffer.from(body.buffer, body.byteOffset, body.byteLength), headers);
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
};

/** `svix` judges all but the bytes here, too: it gets an empty body instead, under a signature that is made for it. */
const isLargeSignedBy: Check = (key, body, { id, timestamp, signature }) => {
  const secret = Buffer.from(key.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64');
  if (!signature.split(' ').some((each) => isMac(each, mac))) return false;
  const sign = () => new Webhook(key).sign(id, new Date(Number(timestamp) * 1000), '');
  return isTextSignedBy(key, new Uint8Array(), { id, timestamp, signature: sign() });
};

function isMac(signature: string, mac: string): boolean {
  const [version, given = ''] = signature.split(',');
  const [ours, theirs] = [Buffer.from(mac), Buffer.from(given)];
  return version === 'v1' && ours.byteLength === theirs.byteLength && timingSafeEqual(ours, theirs);
}
