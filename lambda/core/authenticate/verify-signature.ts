import { isUtf8 } from 'node:buffer';
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

/**
 * Which key has signed these bytes, if any. They must be the raw body, before it is parsed. `svix` compares in
 * constant time and refuses a timestamp that is more than five minutes off in either direction.
 */
export function verifySignature(
  body: Uint8Array,
  headers: DeliveryHeaders,
  keys: SigningKeys,
): Signer | undefined {
  // `svix` parses leniently: "123abc" and "0123" would be checked as 123, although other bytes were sent.
  if (!/^[1-9]\d{0,11}$/.test(headers.timestamp)) return undefined;
  // `svix` checks text. Invalid UTF-8 would be replaced first, so that two different bodies would look the same.
  if (!isUtf8(body)) return undefined;
  for (const signer of ['current', 'previous'] as const) {
    const key = keys[signer];
    if (key !== undefined && isSignedBy(key, body, headers)) return signer;
  }
  return undefined;
}

function isSignedBy(key: string, body: Uint8Array, { id, timestamp, signature }: DeliveryHeaders): boolean {
  const headers = { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signature };
  try {
    new Webhook(key).verify(Buffer.from(body), headers);
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}
