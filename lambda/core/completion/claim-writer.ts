import { type CompletionItem, ITEM_VERSION, type Key, PLAN_BODIES_VERSION } from '../model/index.ts';
import { LostRaceError, type Store, type Swap, trySave } from '../store/index.ts';
import type { CompletionDraft } from './transitions.ts';

/** The writes of one claim, each conditional on the one before it, also if the response to that one was lost. */
export class ClaimWriter {
  readonly #store: Store;
  #tag: string | undefined;
  /** Tags of the writes since the last response. Any of them may stand in the table, not only the newest. */
  readonly #unanswered = new Set<string>();
  #isWritten = false;
  #isLost = false;

  /** @param found The item that the claim is based on, if there is one. */
  constructor(store: Store, found: CompletionItem | undefined) {
    this.#store = store;
    this.#tag = found?.tag;
  }

  get isWritten(): boolean {
    return this.#isWritten;
  }

  /** Whether the claim stands in the table, as far as this worker knows: no other worker has written since. */
  get mayHold(): boolean {
    return !this.#isLost && (this.#isWritten || this.#unanswered.size > 0);
  }

  /** @throws LostRaceError */
  async write(completion: CompletionDraft): Promise<void> {
    const tag = this.#store.system.token();
    const unanswered = new Set(this.#unanswered);
    this.#unanswered.add(tag);
    let swap = await this.#swap(completion, tag);
    if (swap.kind === 'lost' && swap.found && unanswered.has(swap.found.tag)) {
      // The response to a write before this one was lost, but it took effect.
      this.#tag = swap.found.tag;
      swap = await this.#swap(completion, tag);
    }
    if (swap.kind === 'lost') {
      this.#isLost = true;
      throw new LostRaceError();
    }
    this.#tag = tag;
    this.#unanswered.clear();
    this.#isWritten = true;
  }

  /**
   * Looks whether a write that was not answered stands in the table. The conflict that would show it may not be answered either,
   * while the table takes long for writes: without this read, no release would ever succeed then.
   */
  async lookForOwn({ pk, sk }: Key): Promise<void> {
    const found = await this.#store.table.get({ pk, sk }).catch(() => undefined);
    if (found && this.#unanswered.has(found.tag)) this.#tag = found.tag;
  }

  #swap(completion: CompletionDraft, tag: string): Promise<Swap<CompletionItem>> {
    const expected = this.#tag === undefined ? 'absent' : { tag: this.#tag };
    return trySave<CompletionItem>(this.#store, asStored(completion), expected, tag);
  }
}

/** Under the lowest version that a reader must know, so that a rollback waits only for what it would misread. */
function asStored(completion: CompletionDraft): CompletionDraft {
  const hasPlanBodies = completion.actions?.some(({ body_ref }) => body_ref?.owner === 'plan') ?? false;
  return { ...completion, v: hasPlanBodies ? PLAN_BODIES_VERSION : ITEM_VERSION };
}
