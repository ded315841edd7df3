/** A page of runs: those created within a window, and how many there are in all. */
export interface WindowPage<Run> {
  items: Run[];
  total: number;
}

export interface Windows<Run> {
  /** Runs created from `from` to `to`, both included, epoch milliseconds. */
  fetch: (from: number, to: number, skip: number) => Promise<WindowPage<Run>>;
  /** Most runs that one answer holds. */
  limit: number;
}

/**
 * Walks all runs created from `from` to `to`, oldest window first, each window small enough for one answer. So no
 * run can slip from one page to the next while it changes its place in the list, and the walk can go on at any
 * window's end. Neighbours share their bound, as times at the API may be finer than milliseconds: a run may come
 * twice, and none is left out.
 */
export async function* walkWindows<Run>(
  { fetch, limit }: Windows<Run>,
  from: number,
  to: number,
): AsyncGenerator<{ runs: Run[]; upTo: number }> {
  let at = from;
  let width = Math.max(to - from, 1);
  while (at < to) {
    const end = Math.min(at + width, to);
    const page = await fetch(at, end, 0);
    if (page.total > limit && end - at > 1) {
      // A little narrower than an even spread would need: runs come in bursts.
      width = Math.max(1, Math.floor((end - at) / Math.ceil((page.total * 1.3) / limit)));
      continue;
    }
    const runs = page.items;
    while (runs.length < page.total) {
      const more = await fetch(at, end, runs.length);
      if (more.items.length === 0) break;
      runs.push(...more.items);
    }
    yield { runs, upTo: end };
    at = end;
    if (page.total < limit / 4) width *= 2;
  }
}
