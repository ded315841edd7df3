import { ITEM_VERSION, PAUSE_KEY, type PauseItem } from '../model/index.ts';
import { known, LaterReleaseError, loadPause, type Store, type Swap, trySave } from '../store/index.ts';
import type { PauseDraft } from './pause-times.ts';

/**
 * The pause as all workers share it, read once per invocation: it lives as long as one.
 *
 * The item only saves calls. Failing to read or write it never fails a call, and leaves no outcome in doubt.
 */
export class SharedPause {
  readonly #store: Store;
  #view: Promise<PauseItem | undefined> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Undefined as well while the item cannot be read; the next call then reads it again. */
  async read(): Promise<PauseItem | undefined> {
    this.#view ??= loadPause(this.#store.table);
    try {
      return await this.#view;
    } catch (error) {
      if (error instanceof LaterReleaseError) throw error;
      this.#view = undefined;
      return undefined;
    }
  }

  /** `lost` if another worker has just written; the next read then shows what. */
  async write(
    view: PauseItem | undefined,
    { until, streak, since, unanswered, ended, probe, cause }: PauseDraft,
  ): Promise<'written' | 'lost' | 'failed'> {
    const next = {
      ...PAUSE_KEY,
      v: ITEM_VERSION,
      until,
      streak,
      ...(since !== undefined && { since }),
      ...(unanswered !== undefined && { unanswered }),
      ...(ended !== undefined && { ended }),
      ...(probe && { probe }),
      ...(cause && { cause }),
    };
    let swap: Swap<PauseItem>;
    try {
      swap = await trySave<PauseItem>(this.#store, next, view ? { tag: view.tag } : 'absent');
    } catch {
      return 'failed';
    }
    this.#view = Promise.resolve(swap.kind === 'written' ? swap.item : known(swap.found, ITEM_VERSION));
    return swap.kind;
  }
}
