import { type CompletionItem, type Key, keyNamed, type LineageItem } from '../../lambda/core/model/index.ts';
import { MINUTE } from '../../lambda/core/model/time.ts';
import type { ModelRun } from './model/cyberdesk.ts';
import type { TableModel } from './model/table.ts';
import { subjectIn } from './subject.ts';

/** Longer than any worker lives, frozen ones included: it has read what it plans by within this time. */
const LIFE = 15 * MINUTE;

/**
 * Which run started which as the API knows it, compared with what was recorded of it. A plan must count each start that was
 * recorded when it was made; one that could not see all of them is blind, and may let one lap more through.
 */
export class Depths {
  readonly #parents = new Map<string, string>();
  readonly #writtenAt = new Map<string, number>();
  readonly #reads = new Map<string, { at: number; order: number }[]>();
  /** Runs with a plan that was blind. */
  readonly #blind = new Set<string>();
  readonly #table: TableModel;
  readonly #most: number;
  readonly #now: () => number;
  #order = 0;

  /** @param most `maxFollowUpDepth`. */
  constructor(table: TableModel, most: number, now: () => number) {
    this.#table = table;
    this.#most = most;
    this.#now = now;
    table.onGet = (key) => this.#onGet(key);
  }

  get blind(): number {
    return this.#blind.size;
  }

  /** Describes what is wrong with a lineage that has just been written, if anything. */
  onLineage({ pk, action, parent }: LineageItem): string | undefined {
    const runId = subjectIn({ pk });
    if (action === undefined || this.#writtenAt.has(runId)) return undefined;
    // A run of others that was taken for ours counts as ours from now on.
    if (parent !== undefined && !this.#parents.has(runId)) {
      const starter = subjectIn(keyNamed(parent));
      if ([starter, ...this.above(starter)].includes(runId))
        return `${runId} is recorded as started by ${starter}, to which it has led itself`;
      this.#parents.set(runId, starter);
    }
    this.#order += 1;
    this.#writtenAt.set(runId, this.#order);
    return undefined;
  }

  /** Lineages from after the point are gone until they are found again. */
  onRestored(): void {
    for (const id of this.#writtenAt.keys())
      if (!this.#table.items.has(`run#${id}\nlineage`)) this.#writtenAt.delete(id);
  }

  /** Describes what is wrong with a plan that has just been written, if anything. */
  onPlan({ pk, depth }: CompletionItem): string | undefined {
    const runId = subjectIn({ pk });
    const truth = this.above(runId).length;
    const seen = Math.min(this.#written(runId), this.#most);
    if (seen < Math.min(truth, this.#most)) this.#blind.add(runId);
    if (depth < seen) return `${runId} counts as depth ${depth}, and ${seen} starts above it are recorded`;
    if (depth > truth) return `${runId} counts as depth ${depth}, and has ${truth} runs above it`;
    return undefined;
  }

  /** Describes what is wrong with runs that `parent`'s follow-up has just started, if anything. */
  onStart(parent: string, runs: readonly ModelRun[]): string | undefined {
    for (const { id } of runs) this.#parents.set(id, parent);
    const chain = [parent, ...this.above(parent)];
    const blind = chain.filter((runId) => this.#blind.has(runId)).length;
    return chain.length > this.#most + blind
      ? `depth ${chain.length}, with ${blind} plans that could not see all above them`
      : undefined;
  }

  /** The runs above a run, nearest first. */
  above(runId: string): string[] {
    const above: string[] = [];
    for (let at = this.#parents.get(runId); at !== undefined; at = this.#parents.get(at)) above.push(at);
    return above;
  }

  /** How many starts above a run were recorded, without a gap, when its plan began to be made. */
  #written(runId: string): number {
    const since = this.#now() - LIFE;
    const read = this.#reads.get(runId)?.find(({ at }) => at >= since);
    if (!read) return 0;
    const isWritten = (id: string) =>
      (this.#writtenAt.get(id) ?? Number.POSITIVE_INFINITY) < read.order &&
      this.#table.items.has(`run#${id}\nlineage`);
    return [runId, ...this.above(runId)].findIndex((id) => !isWritten(id));
  }

  #onGet({ pk, sk }: Key): void {
    if (sk !== 'lineage') return;
    this.#order += 1;
    const runId = subjectIn({ pk });
    const reads = this.#reads.get(runId) ?? [];
    reads.push({ at: this.#now(), order: this.#order });
    this.#reads.set(runId, reads);
  }
}
