import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { Arrivals } from '../../ops/listen/arrivals.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { stubAws } from './support/aws.ts';

const NOON = Date.parse('2026-11-25T12:00:00Z');
const iso = (at: number) => new Date(at).toISOString();

/** A stage whose index by day holds this, in pages of one event. */
function indexOf(times: Record<string, number>) {
  const aws = stubAws({
    Query: (input: Record<string, unknown>) => {
      const { ':day': day, ':from': from } = input.ExpressionAttributeValues as Record<string, { S: string }>;
      const found = Object.entries(times)
        .map(([event_id, at]) => ({ event_id, received_at: iso(at), type: 'run_complete' }))
        .filter(({ received_at: at }) => at.startsWith(day?.S ?? '-') && at >= (from?.S ?? ''))
        .sort((a, b) => (a.received_at < b.received_at ? -1 : 1));
      const skip = Number((input.ExclusiveStartKey as { at: { N: string } } | undefined)?.at.N ?? 0);
      return {
        Items: found.slice(skip, skip + 1).map((item) => marshall(item)),
        ScannedCount: 1,
        ...(skip + 1 < found.length && { LastEvaluatedKey: { at: { N: String(skip + 1) } } }),
      };
    },
  });
  const stage = { clients: aws.clients, outputs: { tableName: 'events' } } as unknown as Stage;
  return { times, stage, queries: () => aws.called('Query').map(({ input }) => input) };
}

const look = async (arrivals: Arrivals, now: number) =>
  (await Array.fromAsync(arrivals.fresh(now))).map(({ event_id }) => event_id);

it('events come in the order of their arrival, across days, and each once', async () => {
  const { stage } = indexOf({ c: NOON, a: NOON - 30 * 3_600_000, b: NOON - 3_600_000 });
  const arrivals = new Arrivals(stage, NOON - 48 * 3_600_000);

  expect(await look(arrivals, NOON)).toEqual(['a', 'b', 'c']);
  expect(await look(arrivals, NOON)).toEqual([]);
});

it('an event that appears in the index late is returned late, and nothing from before the start', async () => {
  const { stage, times } = indexOf({ a: NOON });
  const arrivals = new Arrivals(stage, NOON - 20_000);
  expect(await look(arrivals, NOON)).toEqual(['a']);

  times.late = NOON - 12_000;
  times.before = NOON - 21_000;

  expect(await look(arrivals, NOON + 1000)).toEqual(['late']);
});

it('a clock of the stage that is ahead of this machine hides no event after midnight', async () => {
  const midnight = Date.parse('2026-11-26T00:00:00Z');
  const { stage } = indexOf({ tomorrow: midnight + 1000 });

  expect(await look(new Arrivals(stage, midnight - 60_000), midnight - 60_000)).toEqual(['tomorrow']);
});

it('a look reads only the last half minute again, page by page, however much there was before', async () => {
  const times = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`e${i}`, NOON + i * 1000]));
  const { stage, queries } = indexOf(times);
  const arrivals = new Arrivals(stage, NOON);
  expect(await look(arrivals, NOON)).toHaveLength(50);
  const before = queries().length;

  expect(await look(arrivals, NOON)).toEqual([]);

  const again = queries().slice(before);
  expect(again[0]).toMatchObject({
    Limit: 100,
    ExpressionAttributeValues: { ':from': { S: iso(NOON + 19_000) } },
  });
  expect(again).toHaveLength(31);
});
