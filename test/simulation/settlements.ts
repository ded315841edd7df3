import { isUndecided } from '../../lambda/core/completion/action-states.ts';
import type { CompletionItem, Item } from '../../lambda/core/model/index.ts';
import { SECOND } from '../../lambda/core/model/time.ts';
import { canonicalJson } from '../../lambda/json/write.ts';
import { isCompletion } from './model/items.ts';
import type { TableModel } from './model/table.ts';

/** Clocks of two sandboxes differ by up to this. */
const SKEW = 5 * SECOND;

/** What people decide about actions with an unknown outcome, and what must hold of it. */
export class Settlements {
  /** Runs that a person has named. Nothing shows whether that is true. */
  readonly named = new Set<string>();
  readonly #table: TableModel;
  /** How often people had an action started again, by completion, rule and position. */
  readonly #again = new Map<string, number>();

  constructor(table: TableModel) {
    this.#table = table;
  }

  /** How many effects an action may have. */
  allowed(action: string): number {
    return 1 + (this.#again.get(action) ?? 0);
  }

  startedAgain(action: string): void {
    this.#again.set(action, this.allowed(action));
  }

  /** Describes what is wrong with a decision that is being written, if anything. */
  onDecision(item: CompletionItem, before: Item | undefined, now: number): string | undefined {
    const found = before && isCompletion(before) ? before : undefined;
    if (found?.lease && now + SKEW < found.lease.until) return `${item.pk} was settled while a worker has it`;
    const changed = (item.actions ?? []).flatMap((action, position) => {
      const old = found?.actions?.[position];
      return canonicalJson(action) === canonicalJson(old) ? [] : [old];
    });
    const [old] = changed;
    return changed.length === 1 && old && isUndecided(old)
      ? undefined
      : `a decision about ${item.pk} overwrites what a worker has recorded`;
  }

  /** Describes what is wrong with a message by which a decision reopens an event, if anything. */
  onReopen(eventId: string): string | undefined {
    const completion = [...this.#table.items.values()]
      .filter(isCompletion)
      .find(({ owner }) => owner === eventId);
    return completion?.actions?.some(isUndecided)
      ? `${eventId} is reopened before what was decided about it is recorded`
      : undefined;
  }
}
