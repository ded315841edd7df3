import type { Secrets } from '../model/index.ts';
import type { SigningSecretCache } from './signing-secret.ts';
import { type DeliveryHeaders, type Signer, verifySignature } from './verify-signature.ts';

export type Authentication =
  | { kind: 'authentic'; signer: Signer; svixId: string }
  | { kind: 'rejected' }
  /** No key is usable; `cache.condition` says why. */
  | { kind: 'not_configured' };

/**
 * Checks a delivery against the cached signing secret. If that fails, checks once more against a fresh copy: a warm
 * sandbox may still hold the secret from before a rotation.
 */
export async function authenticate(
  cache: SigningSecretCache,
  secrets: Secrets,
  headers: DeliveryHeaders | undefined,
  body: Uint8Array,
): Promise<Authentication> {
  const keys = await cache.keys(secrets);
  if (keys.current === undefined && keys.previous === undefined) return { kind: 'not_configured' };
  if (headers === undefined) return { kind: 'rejected' };
  const signer = verifySignature(body, headers, keys);
  if (signer) return { kind: 'authentic', signer, svixId: headers.id };
  const fresh = await cache.refetched(secrets);
  const late = fresh && verifySignature(body, headers, fresh);
  return late ? { kind: 'authentic', signer: late, svixId: headers.id } : { kind: 'rejected' };
}
