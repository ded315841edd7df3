import { isoTime } from '../cli/time.ts';
import { OperatorError } from '../errors.ts';

/** A page of runs: those created within a window, and how many there are in all. */
export interface WindowPage<Run> {
  items: Run[];
  total: number;
}

export interface Windows<Run> {
  /** Runs created from `from` to `to`, both included, epoch milliseconds. */
  fetch: (from: number, to: number, skip: number) => Promise<WindowPage<Run>>;
  limit: number;
}

/** How often a window is read before runs are reported missing: 2,500 runs in random order take about seven. */
const READINGS = 20;

export class IncompleteListError extends OperatorError {
  override name = 'ListIncomplete';

  constructor(from: number, to: number, listed: number, total: number) {
    super(
      `Cyberdesk's API counts ${total} runs created from ${isoTime(from)} to ${isoTime(to)}, and lists ${listed} of them, even when asked ${READINGS} times`,
      { next: 'the others cannot be compared; run the same command again, which continues at that time' },
    );
  }
}

/**
 * Walks all runs created from `from` to `to`, oldest window first, each window small enough for one answer. So no run
 * can be missed because it moves from one page to the next, and the walk can be resumed at the end of any window.
 * Adjacent windows share their bound, as times at the API may be finer than milliseconds: a run may come with two
 * windows, and none is left out.
 * @throws IncompleteListError
 */
export async function* walkWindows<Run extends { id: unknown }>(
  windows: Windows<Run>,
  from: number,
  to: number,
): AsyncGenerator<{ runs: Run[]; upTo: number }> {
  const { fetch, limit } = windows;
  let at = from;
  let width = Math.max(to - from, 1);
  while (at < to) {
    const end = Math.min(at + width, to);
    const page = await fetch(at, end, 0);
    if (page.total > limit && end - at > 1) {
      // A little narrower than an even distribution would need: runs come in bursts.
      width = Math.max(1, Math.floor((end - at) / Math.ceil((page.total * 1.3) / limit)));
      continue;
    }
    const runs = await readWindow(windows, at, end, page);
    yield { runs, upTo: end };
    at = end;
    if (page.total < limit / 4) width *= 2;
  }
}

/** Each run once. Runs of one millisecond may change places between pages: some come twice, until another reading. */
async function readWindow<Run extends { id: unknown }>(
  { fetch }: Windows<Run>,
  from: number,
  to: number,
  first: WindowPage<Run>,
): Promise<Run[]> {
  const found = new Map<unknown, Run>();
  let page = first;
  for (let readings = 1; ; readings += 1) {
    let read = 0;
    while (page.items.length > 0) {
      for (const run of page.items) found.set(run.id, run);
      read += page.items.length;
      if (read >= page.total) break;
      page = await fetch(from, to, read);
    }
    if (found.size >= page.total) return [...found.values()];
    if (readings === READINGS) throw new IncompleteListError(from, to, found.size, page.total);
    page = await fetch(from, to, 0);
  }
}
