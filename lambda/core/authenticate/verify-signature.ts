import { isUtf8 } from 'node:buffer';
import { Webhook, WebhookVerificationError } from 'svix';
import type { SigningKeys } from './signing-secret.ts';

export type Signer = 'current' | 'previous';

/** Delivery headers by their lower-case names, as API Gateway gives them. */
export type Headers = Record<string, string | undefined>;

/** The three headers of a delivery; white-labelled senders say `webhook-` instead of `svix-`. */
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
 * Which key has signed these bytes, if any: the raw body, before anybody has parsed it. `svix` compares in
 * constant time and refuses a timestamp more than five minutes off, either way.
 */
export function verifySignature(
  body: Uint8Array,
  headers: DeliveryHeaders,
  keys: SigningKeys,
): Signer | undefined {
  // "123abc" and "0123" would be read as 123 and checked as that, although other bytes were sent.
  if (!/^[1-9]\d{0,11}$/.test(headers.timestamp)) return undefined;
  // The check is made on text; bytes that are no text would be replaced first, so that two bodies looked alike.
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
