import { MINUTE, SECOND } from '../model/index.ts';
import type { DeliveryHeaders } from './verify-signature.ts';

/**
 * Why a delivery is refused: it has no headers of a webhook, as requests of scanners do; its timestamp is more than five
 * minutes off; or no key that we have has signed these bytes.
 */
export type SignatureRefusal = 'unsigned' | 'stale' | 'mismatch';

/** The tolerance of `svix`. */
const TOLERANCE = 5 * MINUTE;

/** What was wrong with a delivery that was rejected; `now` in epoch milliseconds. */
export function refusalOf(headers: DeliveryHeaders | undefined, now: number): SignatureRefusal {
  if (headers === undefined) return 'unsigned';
  return Math.abs(Number(headers.timestamp) * SECOND - now) > TOLERANCE ? 'stale' : 'mismatch';
}
