import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useOfEvent } from '../../ops/cost/event-use.ts';
import { type MeasuredEvent, measureEvent } from './support/cost/measure.ts';

const FILE = join(import.meta.dirname, '../../ops/cost/event-use.json');
const KIB = 1024;
const SIZES = [0.5, 1, 2, 4, 8, 16, 32, 64, 256, 1024, 4096].map((kib) => kib * KIB);
const FOLLOW_UPS = [0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 60, 80, 100];
/** Fewer than those of events, so that bodies are kept apart. */
const BODY_DAYS = 30;
const USUAL = { bytes: 4 * KIB, followUps: 0, publishes: false };

/** Columns of what was measured, by the points at which it was. */
const columns = <Point extends string, Name extends keyof MeasuredEvent>(
  point: Point,
  points: readonly number[],
  rows: readonly MeasuredEvent[],
  ...names: Name[]
) => Object.fromEntries([[point, points], ...names.map((name) => [name, rows.map((row) => row[name])])]);

async function measureAll() {
  const base = await measureEvent(USUAL);
  const sizes = await Promise.all(SIZES.map((bytes) => measureEvent({ ...USUAL, bytes })));
  const apart = await Promise.all(SIZES.map((bytes) => measureEvent({ ...USUAL, bytes }, BODY_DAYS)));
  // What a plan adds to an event without one.
  const plans = async (publishes: boolean) => {
    const rows = FOLLOW_UPS.map(async (followUps) => {
      const found = await measureEvent({ ...USUAL, followUps, publishes });
      const [writeUnits, readUnits] = [found.writeUnits - base.writeUnits, found.readUnits - base.readUnits];
      return { ...found, writeUnits, readUnits };
    });
    const found = await Promise.all(rows);
    return columns('followUps', FOLLOW_UPS, found, 'writeUnits', 'readUnits', 'completionBytes');
  };
  const ofSize = ['writeUnits', 'readUnits', 'eventBytes', 'indexBytes'] as const;
  return {
    sizes: columns('bytes', SIZES, sizes, ...ofSize),
    apart: columns('bytes', SIZES, apart, ...ofSize, 'bodyBytes'),
    unpublished: await plans(false),
    published: await plans(true),
  };
}

describe('what one event uses', () => {
  it('event-use.json holds what the protocol does (UPDATE_GOLDEN=1 writes it anew)', async () => {
    const measured = await measureAll();

    if (process.env.UPDATE_GOLDEN === '1') await writeFile(FILE, JSON.stringify(measured));

    expect(JSON.parse(await readFile(FILE, 'utf8'))).toEqual(measured);
  });

  it.each([
    { bytes: 700, followUps: 1 },
    { bytes: 5_000, followUps: 4 },
    { bytes: 100_000, followUps: 7 },
    { bytes: 300_000, followUps: 25 },
    { bytes: 2_500_000, followUps: 70 },
  ])(
    'between the measured points, an event of $bytes bytes with $followUps follow-ups uses what is estimated',
    async (load) => {
      const retention = { eventDays: 365, bodyDays: 365, completionDays: 730 };
      for (const publishes of [true, false]) {
        const real = await measureEvent({ ...load, publishes });

        const estimated = useOfEvent({ ...load, publishes }, retention);

        const months = 12;
        const table = (real.eventBytes + 2 * real.completionBytes) * months;
        expect(estimated.writeUnits).toSatisfy(isNear(real.writeUnits));
        expect(estimated.readUnits).toSatisfy(isNear(real.readUnits));
        expect(estimated.tableByteMonths).toSatisfy(isNear(table));
        expect(estimated.storedByteMonths).toSatisfy(isNear(table + real.indexBytes * months));
        expect(estimated.bytesOut).toSatisfy(isNear(real.requestBytes + load.followUps * 6 * KIB));
        expect([estimated.sends, estimated.announcements]).toEqual([real.sends, real.announcements]);
      }
    },
  );
});

it('a body that expires before its event is priced for its own time', async () => {
  const real = await measureEvent({ ...USUAL, bytes: 5000 }, BODY_DAYS);
  const retention = { eventDays: 365, bodyDays: 365 / 12, completionDays: 730 };

  const estimated = useOfEvent({ ...USUAL, bytes: 5000 }, retention);

  expect(estimated.writeUnits).toSatisfy(isNear(real.writeUnits));
  expect(estimated.tableByteMonths).toSatisfy(
    isNear(12 * real.eventBytes + real.bodyBytes + 24 * real.completionBytes),
  );
});

/** Within a tenth, or one unit. */
const isNear = (real: number) => (value: number) => Math.abs(value - real) <= Math.max(1, real / 10);
