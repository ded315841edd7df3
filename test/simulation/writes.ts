import type { CompletionItem, Item } from '../../lambda/core/model/index.ts';
import { isCompletion, isEvent, isLineage } from './model/items.ts';

/**
 * What the work on one event writes: twice per run or announcement and five more; beyond that only for another receive
 * of its message, another try or a fault.
 */
export class Writes {
  readonly #completions = new Map<string, number>();
  /** By event. */
  readonly #events = new Map<string, number>();
  readonly #receives = new Map<string, number>();
  /** Completion → runs whose lineages it has written. */
  readonly #lineages = new Map<string, number>();

  /** Begins anew: what was written before is forgotten. */
  clear(): void {
    for (const counts of [this.#completions, this.#events, this.#receives, this.#lineages]) counts.clear();
  }

  onReceive(event: string): void {
    increment(this.#receives, event);
  }

  /** Describes what is wrong with a completion that is now done, if anything. */
  onPut(item: Item, faults: number): string | undefined {
    if (isEvent(item)) increment(this.#events, item.event_id);
    else if (isLineage(item) && item.parent !== undefined) increment(this.#lineages, item.parent);
    if (!isCompletion(item)) return undefined;
    const name = `${item.pk} ${item.sk}`;
    const own = increment(this.#completions, name);
    if (!item.done) return undefined;
    const sum = own + (this.#lineages.get(name) ?? 0) + (this.#events.get(item.owner) ?? 0);
    const most =
      mostFor(item) + 5 * item.round + 4 * ((this.#receives.get(item.owner) ?? 1) - 1) + 4 * faults;
    return sum > most ? `${sum} writes for ${item.owner}, with ${most} to be expected` : undefined;
  }
}

function mostFor({ actions = [] }: CompletionItem): number {
  const units = actions.reduce((sum, { result }) => sum + 1 + Math.max(result?.run_ids.length ?? 0, 1), 0);
  const tries = actions.reduce((sum, action) => sum + action.tries, 0);
  // The event's end is still to be written.
  return units + 4 + 2 * tries;
}

function increment(counts: Map<string, number>, name: string): number {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return count;
}
