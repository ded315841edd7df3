import { sha256, uuidV5 } from '../core/model/index.ts';

/**
 * Why a call is made: the same on each attempt, and on no other occasion. The `id` of a delivered event is such a cause;
 * so is an order number. A time or a random id is not.
 *
 * A text is enough if an attempt sends the bytes that the attempt before it has sent. Name the call if it does not, for
 * instance because its body contains the time, or if one cause makes the same call twice on purpose.
 */
export type Cause =
  | string
  | {
      /** The occasion, as above. */
      event: string;
      /** Name of the call, unique among those of this cause. */
      call: string;
    };

/** A request that may change something. */
export interface Write {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: Uint8Array;
}

/**
 * Idempotency key of a write: derived from cause, method, path and the name of the call; without a name, from the bytes
 * of the body in its place.
 */
export function callKey(cause: Cause, { method, path, body }: Write): string {
  const [event, of] =
    typeof cause === 'string' ? [cause, { body: sha256(body) }] : [cause.event, { call: cause.call }];
  return uuidV5(JSON.stringify(['sdk', event, method, path, of]));
}
