import { auditOf } from '../audit/read.ts';
import { isAwsError } from '../stage/explain.ts';
import type { Stage } from '../stage/stage.ts';

/**
 * Which events that are marked as erased are written over as well: none; those of whose erasure nothing is on record, as no
 * function may write there; or all.
 */
export const OVERWRITES_ERASED = ['none', 'unrecorded', 'all'] as const;
export type OverwritesErased = (typeof OVERWRITES_ERASED)[number];

/** What people have put on record about erasing events: who can forge a mark cannot forge that. */
export class ErasureRecord {
  readonly #stage: Stage;
  readonly #overwrites: OverwritesErased;
  readonly #known = new Map<string, Promise<boolean>>();

  constructor(stage: Stage, overwrites: OverwritesErased) {
    this.#stage = stage;
    this.#overwrites = overwrites;
  }

  /** Whether an event that is marked as erased keeps its mark. */
  async keeps(id: string): Promise<boolean> {
    return this.#overwrites === 'none' || (this.#overwrites === 'unrecorded' && (await this.#has(id)));
  }

  /** Whether someone has begun to erase this event; undefined if the caller may not know. */
  async find(id: string): Promise<boolean | undefined> {
    try {
      return await this.#has(id);
    } catch (error) {
      if (isAwsError(error, 'AccessDeniedException')) return undefined;
      throw error;
    }
  }

  #has(id: string): Promise<boolean> {
    const found = this.#known.get(id) ?? isErasureOnRecord(this.#stage, id);
    this.#known.set(id, found);
    return found;
  }
}

async function isErasureOnRecord(stage: Stage, id: string): Promise<boolean> {
  for await (const { verb } of auditOf(stage, id)) if (verb === 'events erase') return true;
  return false;
}
