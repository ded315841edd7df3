import { type Bundle, buildOptionsOf } from '../lib/functions/build-options.ts';
import { type Bundled, makeBundle, zippedBytes } from './bundle.ts';
import { type Row, spreadOf } from './figures.ts';
import { makeComparator } from './subjects.ts';

const KILOBYTE = 1000;

/** Sizes of the bundles; and of what is in those of the functions, the heaviest first. */
export async function measureSizes(sources: Readonly<Record<string, Bundle>>): Promise<Row[]> {
  const bundles = new Map<string, Bundled>();
  for (const [name, source] of Object.entries(sources))
    bundles.set(name, await makeBundle(buildOptionsOf(source)));
  const weights = [...bundles].flatMap(([name, bundle]) => weightsOf(name, bundle));
  const sizes = [...bundles, ['express', await makeComparator('express')] as const].flatMap(
    ([name, bundle]) => [rowOf('raw', name, bundle.code.length), rowOf('zipped', name, zippedBytes(bundle))],
  );
  return [...sizes, ...weights.sort((a, b) => b.figure.median - a.figure.median)];
}

const weightsOf = (name: string, { weights }: Bundled): Row[] =>
  Object.entries(weights)
    .filter(([, bytes]) => bytes >= KILOBYTE)
    .map(([dependency, bytes]) => rowOf(dependency, name, bytes, 'in the bundles'));

const rowOf = (what: string, subject: string, bytes: number, part = 'bundles'): Row => ({
  part,
  what,
  subject,
  unit: 'KB',
  figure: spreadOf([bytes / KILOBYTE]),
  ratios: {},
});
