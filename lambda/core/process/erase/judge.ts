import { isOpen } from '../../completion/index.ts';
import type { CompletionItem, EventItem } from '../../model/index.ts';

/** Why an event is not erased. */
export type EraseRefusal =
  /** It is still to be worked on. */
  | 'unfinished'
  /** An action of it may still be carried out, for which it needs its body: first it is redriven, or a person settles it. */
  | 'undecided'
  /** A worker has it. */
  | 'in_progress';

/**
 * Why an event may not be erased now; undefined if it may.
 *
 * @param own The completion that it owns.
 */
export function whyNotErased(
  { state }: EventItem,
  own: CompletionItem | undefined,
  now: number,
): EraseRefusal | undefined {
  if (state === 'received') return 'unfinished';
  if (own?.lease && now < own.lease.until) return 'in_progress';
  return own?.actions?.some(isOpen) ? 'undecided' : undefined;
}
