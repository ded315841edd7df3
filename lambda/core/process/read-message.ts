import * as v from 'valibot';
import type { EventMessage } from '../model/index.ts';

const Message = v.object({
  v: v.literal(1),
  event: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
  reopen: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
});
/** Only its version is known; the rest may be anything. */
const Later = v.looseObject({ v: v.pipe(v.number(), v.integer(), v.minValue(2)) });

export type ReadMessage =
  | { kind: 'event'; message: EventMessage }
  /** Written by a later release, and read by this one after a rollback. */
  | { kind: 'from_the_future' }
  | { kind: 'garbage' };

export function readMessage(body: string): ReadMessage {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    return { kind: 'garbage' };
  }
  const message = v.safeParse(Message, content);
  if (message.success) return { kind: 'event', message: message.output };
  return v.is(Later, content) ? { kind: 'from_the_future' } : { kind: 'garbage' };
}
