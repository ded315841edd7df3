import type { Delivery, DeliveryOutcome } from '../../core/model/index.ts';
import { deliveryFailureOf } from './failure.ts';

/** One call that hands a text over; it throws what the AWS client throws. */
export type Send = (text: string) => Promise<DeliveryOutcome>;

/**
 * Hands over the whole event, or a reference to it: above the limit of the service, or where the destination does not take
 * the whole. It may have a lower limit of its own, or take fewer characters than JSON may have; only it knows, and asking
 * would need one more permission.
 *
 * @param limit Bytes.
 */
export async function sendWithin(
  limit: number,
  { whole, reference }: Delivery,
  send: Send,
): Promise<DeliveryOutcome> {
  if (Buffer.byteLength(whole) <= limit) {
    const outcome = await attempt(send, whole);
    if (outcome.kind !== 'refused') return outcome;
  }
  return attempt(send, reference);
}

async function attempt(send: Send, text: string): Promise<DeliveryOutcome> {
  try {
    return await send(text);
  } catch (error) {
    return deliveryFailureOf(error);
  }
}
