import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { paced, pacer } from '../cli/progress.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import type { Stage } from '../stage/stage.ts';
import { type Applied, enqueueMissing, queueAgain } from './apply.ts';
import type { Bookmark } from './bookmark.ts';
import { runWindows, webhookSwitch } from './cyberdesk.ts';
import { type Ending, type JudgeDeps, type Judged, judge, judgeEndings, openEventsByRun } from './judge.ts';
import type { ReconcileOptions } from './types.ts';
import { walkWindows } from './windows.ts';

export interface ComparisonDeps {
  stage: Stage;
  client: CyberdeskClient;
  options: ReconcileOptions;
  /** How far it has got; updated as it proceeds. */
  mark: Bookmark;
}

/** Compares the runs of Cyberdesk with the events of a stage, from a bookmark on. */
export class Comparison {
  readonly #deps: ComparisonDeps;
  readonly #pace: () => Promise<void>;
  readonly #sendsWebhooks: JudgeDeps['sendsWebhooks'];
  /** Runs that ended later are too recent to be missing, epoch milliseconds. */
  readonly #settled: number;

  constructor(deps: ComparisonDeps) {
    const { stage, client, options } = deps;
    this.#deps = deps;
    this.#pace = pacer(options.rate ?? 10, options);
    this.#sendsWebhooks = options.includeDisabled ? async () => true : webhookSwitch(stage, client);
    this.#settled = (options.now ?? Date.now)() - options.grace;
  }

  get compared(): number {
    return Object.values(this.#deps.mark.counts).reduce((total, count) => total + count, 0);
  }

  /** Compares all runs that ended by then, epoch milliseconds. @throws the signal's reason once that is aborted */
  async runUntil(until: number): Promise<void> {
    const mark = this.#deps.mark;
    // Too recent when an earlier reconcile met them; if that was long ago, they no longer are.
    await this.#take(judgeEndings(await this.#judgeDeps(), takeRecent(mark)));
    await this.#walk();
    if (mark.until >= until) return;
    // A resumed one: its own time ended at `mark.until`, and runs have ended since, whenever they were created.
    const upTo = mark.since - this.#deps.options.lookback;
    Object.assign(mark, { comparedTo: mark.until, until, upTo });
    await this.#walk();
  }

  async #judgeDeps(): Promise<JudgeDeps> {
    const { since, until, comparedTo } = this.#deps.mark;
    return {
      stage: this.#deps.stage,
      sendsWebhooks: this.#sendsWebhooks,
      open: await openEventsByRun(this.#deps.stage),
      bounds: { since, until, comparedTo, settled: this.#settled },
    };
  }

  async #walk(): Promise<void> {
    const { signal, workflow, bookmarks, onProgress } = this.#deps.options;
    const mark = this.#deps.mark;
    const deps = await this.#judgeDeps();
    const windows = runWindows(this.#deps.stage, this.#deps.client, workflow);
    let seen = new Set<string>();
    for await (const { runs, upTo } of walkWindows(windows, mark.upTo, mark.until)) {
      signal?.throwIfAborted();
      const unseen = runs.filter(({ id }) => !seen.has(id));
      // Windows share their bounds: only the previous one can have held the same run.
      seen = new Set(runs.map(({ id }) => id));
      await this.#take(unreported(mark, judge(deps, unseen)));
      mark.upTo = upTo;
      await bookmarks?.write(mark);
      onProgress?.(this.compared, upTo);
    }
  }

  /** Applies what is open while the rest is still being judged. */
  async #take(judged: AsyncIterable<Judged>): Promise<void> {
    const { apply: stage, signal } = this.#deps.options;
    const seen: Judged[] = [];
    const applied = new Map<Judged, Applied>();
    const open = openOf(judged, seen);
    try {
      if (stage === undefined) await Array.fromAsync(open);
      else {
        const work = async (one: Judged) => void applied.set(one, await this.#apply(stage, one));
        const begun = await paced(open, work, { pace: this.#pace, signal });
        if (begun < seen.filter(isOpen).length) signal?.throwIfAborted();
      }
    } finally {
      // What was done counts, even if the rest has failed.
      for (const one of seen)
        if (stage === undefined || !isOpen(one) || applied.has(one)) this.#note(one, applied.get(one));
    }
  }

  #note(one: Judged, applied: Applied | undefined): void {
    const { counts, open } = this.#deps.mark;
    counts[one.verdict] = (counts[one.verdict] ?? 0) + 1;
    if (one.verdict !== 'known') open.push({ ...one, ...(applied !== undefined && { applied }) });
  }

  #apply(stage: AuditedStage, one: Judged): Promise<Applied> {
    return one.verdict === 'missing' ? enqueueMissing(stage, this.#deps.client, one) : queueAgain(stage, one);
  }
}

const isOpen = ({ verdict }: Judged): boolean => verdict === 'missing' || verdict === 'waiting';

/** Those that can be applied. @param seen gets all of them */
async function* openOf(judged: AsyncIterable<Judged>, seen: Judged[]): AsyncGenerator<Judged> {
  for await (const one of judged) {
    seen.push(one);
    if (isOpen(one)) yield one;
  }
}

async function* unreported(mark: Bookmark, judged: AsyncIterable<Judged>): AsyncGenerator<Judged> {
  for await (const one of judged) if (!isReported(mark, one)) yield one;
}

/** Every walk meets the runs without an end, as no time says which walk they belong to. */
const isReported = ({ open }: Bookmark, { verdict, run_id, endedAt }: Judged): boolean =>
  verdict === 'unclear' && open.some((one) => one.run_id === run_id && one.endedAt === endedAt);

/** Removes from a bookmark the runs that were too recent to be judged, and returns them. */
function takeRecent(mark: Bookmark): Ending[] {
  const recent = mark.open.filter(({ verdict }) => verdict === 'recent');
  mark.open = mark.open.filter(({ verdict }) => verdict !== 'recent');
  delete mark.counts.recent;
  return recent.map(({ verdict: _verdict, ...ending }) => ending);
}
