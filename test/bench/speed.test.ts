import { expect, it } from 'vitest';
import type { Row } from '../../bench/figures.ts';
import { measureLoad } from '../../bench/load.ts';
import { measureWarm } from '../../bench/warm.ts';
import { useEndpoints } from './support/subjects.ts';

// Ratios of one run, as absolute times depend on the machine. `npm run bench` has the exact figures; the room here is for what a
// busy machine does to few samples.

const ratio = (rows: readonly Row[], what: string) =>
  rows.find((row) => row.subject === 'verifier' && row.what === what)?.ratios.express?.median;

it('the verifier loads in well below the CPU that Express takes', async () => {
  const { verifier, express } = await useEndpoints();
  const rows = await measureLoad([verifier, express], [], 5);

  expect(ratio(rows, 'CPU of loading, ms')).toBeLessThan(0.5);
});

it('a warm verifier takes about the CPU that Express takes for the same event', async () => {
  const { verifier, express, kept } = await useEndpoints();
  const sizes = ['1 KB', '16 KB', '256 KB'] as const;
  const rows = await measureWarm({ endpoints: [verifier, express], kept, sizes, rounds: 5, share: 0.5 });

  expect(ratio(rows, '1 KB, ms')).toBeLessThan(1.5);
  expect(ratio(rows, '16 KB, ms')).toBeLessThan(1.4);
  expect(ratio(rows, '256 KB, ms')).toBeLessThan(1.3);
});
