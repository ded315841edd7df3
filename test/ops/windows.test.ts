import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { walkWindows } from '../../ops/reconcile/windows.ts';

const SPAN = 100_000;

/** An API over these creation times, finer than milliseconds, as Cyberdesk's may be. */
function api(times: readonly number[], limit: number) {
  const runs = times.map((at, id) => ({ id, at }));
  let calls = 0;
  return {
    calls: () => calls,
    limit,
    fetch: async (from: number, to: number, skip: number) => {
      calls += 1;
      const found = runs.filter(({ at }) => at >= from && at <= to).sort((a, b) => b.at - a.at);
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

describe('windows', () => {
  it('hold every run, however they are spread', async () => {
    const spread = fc.oneof(
      fc.array(fc.double({ min: 0, max: SPAN, noNaN: true }), { maxLength: 300 }),
      // A burst: more runs in one millisecond than one answer holds.
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

  it('go on at any end of a window without leaving a run out', async () => {
    const times = Array.from({ length: 200 }, (_, i) => i * 500);
    const first = (await walked(api(times, 10))).ends[3] as number;
    const before = times.filter((at) => at <= first).length;
    const { ids } = await walked(api(times, 10), first);
    expect(before + ids.size).toBeGreaterThanOrEqual(200);
  });

  it('cost about one call per answer', async () => {
    const source = api(
      Array.from({ length: 5000 }, (_, i) => i * 20),
      100,
    );
    await walked(source);
    expect(source.calls()).toBeLessThan(120);
  });

  it('are one call where there is nothing', async () => {
    const source = api([], 100);
    await walked(source);
    expect(source.calls()).toBe(1);
  });
});
