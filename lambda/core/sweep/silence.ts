import { type CompletionItem, DAY, type EventItem, HOUR } from '../model/index.ts';

/** An unfinished event without a sign of life for this long has lost its message. */
export const FIRST_SILENCE = HOUR;
/** The longest wait before the next message, regardless of how many have had no effect. */
const LONGEST_SILENCE = DAY;

/** What shows that someone works on an event, or will. */
export interface Signs {
  event: EventItem;
  completion: CompletionItem | undefined;
  /** End of the last pause, or 0: paused events wait without a sign of life, but their messages are all there. */
  quietUntil: number;
}

/** When the message of an unfinished event counts as lost, in epoch milliseconds. */
export function lostAt({ event, completion, quietUntil }: Signs): number {
  const alive = Math.max(
    Date.parse(event.received_at),
    quietUntil,
    event.unidentified?.last_failure.at ?? 0,
    event.unidentified?.not_before ?? 0,
    completion?.updated_at ?? 0,
    completion?.lease?.until ?? 0,
    completion?.not_before ?? 0,
  );
  const resent = event.resent_at === undefined ? 0 : Date.parse(event.resent_at);
  if (resent <= alive) return alive + FIRST_SILENCE;
  // The waits are 1, 2, 4 hours and so on, so a wait begins 0, 1, 3 hours after the last sign of life: one hour less
  // than it lasts.
  return resent + Math.min(resent - alive + FIRST_SILENCE, LONGEST_SILENCE);
}
