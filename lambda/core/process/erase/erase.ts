import {
  type CompletionItem,
  completionKeyOf,
  EVENT_VERSION,
  type EventItem,
  ttlAfter,
} from '../../model/index.ts';
import { eraseEventBody, erasePieces, known, loadCompletion, type Store, update } from '../../store/index.ts';
import { type EraseRefusal, whyNotErased } from './judge.ts';

export interface ErasePorts extends Store {
  /** Milliseconds. The mark that something was erased is kept as long as the memory of what was done. */
  completionRetention: number;
}

export type Erasure =
  | {
      kind: 'erased';
      /** What it has led to, and so what may hold values of it elsewhere. */
      own: CompletionItem | undefined;
    }
  | { kind: 'refused'; refusal: EraseRefusal };

/**
 * Erases the payload of a finished event: its body, and the bodies of the calls that it led to. Ids stay, and the memory of
 * what was done. The event itself is the mark by which the same webhook is known again and not stored once more; so it
 * is written first, and then the same call made again finishes what was cut off.
 *
 * @param event Read before this, with strong consistency.
 * @param isShared Whether another event needs the same stored body.
 */
export async function eraseEvent(
  ports: ErasePorts,
  event: EventItem,
  isShared: () => boolean,
): Promise<Erasure> {
  const key = completionKeyOf(event);
  const found = key && (await loadCompletion(ports.table, key));
  const own = found?.owner === event.event_id ? found : undefined;
  const refusal = whyNotErased(event, own, ports.system.now());
  if (refusal) return { kind: 'refused', refusal };
  const erased = await markErased(ports, event);
  if (!erased) return { kind: 'refused', refusal: 'in_progress' };
  const mark = { at: erased.erased_at, until: ports.system.now() + ports.completionRetention };
  // What was refused for certain has dropped its body, but not what a large plan has stored beside its item.
  for (const body of own?.bodies ?? []) await erasePieces(ports, { ...body, owner: 'plan' }, mark);
  if (!isShared()) await eraseEventBody(ports, erased, mark);
  return { kind: 'erased', own };
}

type ErasedEvent = EventItem & { erased_at: string };

/** Undefined if it was reopened meanwhile. */
async function markErased(ports: ErasePorts, event: EventItem): Promise<ErasedEvent | undefined> {
  const now = ports.system.now();
  const written = await update<EventItem>(ports, event, (found) => {
    const current = known(found, EVENT_VERSION);
    if (!current || current.state === 'received') return undefined;
    const { body: _body, ...rest } = current;
    const ttl = Math.max(current.ttl ?? 0, ttlAfter(now, ports.completionRetention));
    return { ...rest, ttl, erased_at: current.erased_at ?? new Date(now).toISOString() };
  });
  return written && { ...written, erased_at: written.erased_at ?? '' };
}
