import type { CompletionItem, Key } from '../../lambda/core/model/index.ts';
import { isDone } from './model/items.ts';
import type { TableModel } from './model/table.ts';

const idOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;

/** The processes of the processor: what they keep others from, and which of them a restore has surprised at work. */
export class Workers {
  readonly #table: TableModel;
  readonly #now: () => number;
  readonly #atWork = new Set<string>();
  /** Those whose last invocation was at work when the table was restored. */
  readonly #surprised = new Set<string>();
  /** Completions that were done at some time. */
  readonly #done = new Set<string>();

  constructor(table: TableModel, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  /** A process is invoked. Returns what it holds from an invocation that was disturbed. */
  begin(sandbox: string): ReadonlyMap<string, string> {
    this.#atWork.add(sandbox);
    // Not at its end: what was given up may arrive after that.
    this.#surprised.delete(sandbox);
    return this.#heldBy(sandbox);
  }

  end(sandbox: string): void {
    this.#atWork.delete(sandbox);
  }

  /**
   * A process whose calls to the table were not disturbed has returned. Describes what it holds, which nothing may.
   *
   * @param before What it held when it was invoked.
   */
  onRest(sandbox: string, before: ReadonlyMap<string, string>): string | undefined {
    for (const [token, what] of this.#heldBy(sandbox))
      if (!before.has(token)) return `${sandbox} has returned, and still holds ${what}`;
    return undefined;
  }

  onRestored(): void {
    for (const sandbox of this.#atWork) this.#surprised.add(sandbox);
  }

  onCompletion(item: CompletionItem): void {
    if (isDone(item)) this.#done.add(idOf(item));
  }

  /** Whether the writer of a tag had seen a completion done before a restore took that away. */
  hadDone(tag: string, ...completions: Key[]): boolean {
    const [writer = ''] = tag.split('.');
    return this.#surprised.has(writer) && completions.some((key) => this.#done.has(idOf(key)));
  }

  /** The tokens by which a process keeps others from a completion, or from the next probe after a pause. */
  #heldBy(sandbox: string): Map<string, string> {
    const held = new Map<string, string>();
    const hold = (token: string, what: string) => {
      if (token.startsWith(`${sandbox}.`)) held.set(token, what);
    };
    const { probe } = this.#table.pause() ?? {};
    if (probe) hold(probe.token, 'the probe');
    for (const { pk, sk, lease } of this.#table.completions())
      if (lease && lease.until > this.#now()) hold(lease.token, `${pk} ${sk}`);
    return held;
  }
}
