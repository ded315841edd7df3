import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IncompleteListError, walkWindows } from '../../ops/reconcile/windows.ts';

const SPAN = 100_000;

/**
 * An API with runs of these creation times, finer than milliseconds, as Cyberdesk's may be.
 *
 * @param tie the order of runs that were created at the same time, which may differ at each call
 */
function api(
  times: readonly number[],
  limit: number,
  tie: (id: number, calls: number) => number = (id) => id,
) {
  const runs = times.map((at, id) => ({ id, at }));
  let calls = 0;
  return {
    calls: () => calls,
    limit,
    fetch: async (from: number, to: number, skip: number) => {
      calls += 1;
      const found = runs
        .filter(({ at }) => at >= from && at <= to)
        .sort((a, b) => b.at - a.at || tie(a.id, calls) - tie(b.id, calls));
      return { items: found.slice(skip, skip + limit), total: found.length };
    },
  };
}

async function walked(source: ReturnType<typeof api>, from = 0, to = SPAN) {
  const ids = new Set<number>();
  const ends: number[] = [];
  for await (const { runs, upTo } of walkWindows(source, from, to)) {
    for (const { id } of runs) ids.add(id);
    ends.push(upTo);
  }
  return { ids, ends };
}

describe('walkWindows', () => {
  it('walkWindows returns every run, however they are distributed', async () => {
    const spread = fc.oneof(
      fc.array(fc.double({ min: 0, max: SPAN, noNaN: true }), { maxLength: 300 }),
      // A burst: more runs in one millisecond than fit in one answer.
      fc.array(fc.double({ min: 500, max: 502, noNaN: true }), { maxLength: 300 }),
    );
    await fc.assert(
      fc.asyncProperty(spread, fc.integer({ min: 1, max: 20 }), async (times, limit) => {
        const { ids, ends } = await walked(api(times, limit));
        expect(ids.size).toBe(times.length);
        expect(ends.at(-1)).toBe(SPAN);
        expect(ends).toEqual([...ends].sort((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });

  it('walkWindows can be resumed at the end of any window without missing a run', async () => {
    const times = Array.from({ length: 200 }, (_, i) => i * 500);
    const first = (await walked(api(times, 10))).ends[3] as number;
    const before = times.filter((at) => at <= first).length;
    const { ids } = await walked(api(times, 10), first);
    expect(before + ids.size).toBeGreaterThanOrEqual(200);
  });

  it('walkWindows needs about one call per full answer', async () => {
    const source = api(
      Array.from({ length: 5000 }, (_, i) => i * 20),
      100,
    );
    await walked(source);
    expect(source.calls()).toBeLessThan(120);
  });

  it('walkWindows needs one call if there are no runs', async () => {
    const source = api([], 100);
    await walked(source);
    expect(source.calls()).toBe(1);
  });

  /** More runs than fit in one answer, all created at the same time. */
  const burst = Array.from({ length: 250 }, () => 500);
  /** A different order at each call, and the same orders in each run of this test. */
  const shuffled = (id: number, calls: number) => (Math.sin(id * 12.9898 + calls * 78.233) * 43_758.5453) % 1;

  it('walkWindows returns each run once, whatever the order of runs that were created at the same time', async () => {
    const counts: number[] = [];
    const ids = new Set<number>();
    for await (const { runs } of walkWindows(api(burst, 100, shuffled), 0, SPAN)) {
      const own = new Set(runs.map(({ id }) => id));
      expect(own.size).toBe(runs.length);
      counts.push(runs.length);
      for (const id of own) ids.add(id);
    }
    expect(ids.size).toBe(250);
    expect(Math.max(...counts)).toBe(250);
  });

  it('walkWindows reports a window with fewer runs than the API counts, after a bounded number of calls', async () => {
    const source = api(burst, 100);
    // The last fifty are not on any page.
    const short = {
      ...source,
      fetch: async (from: number, to: number, skip: number) => {
        const page = await source.fetch(from, to, skip);
        return { ...page, items: page.items.filter(({ id }) => id < 200) };
      },
    };
    const walk = walked(short);
    await expect(walk).rejects.toThrow(IncompleteListError);
    await expect(walk).rejects.toThrow(/counts 250 runs .* lists 200 of them/);
    expect(source.calls()).toBeLessThan(100);
  });
});
