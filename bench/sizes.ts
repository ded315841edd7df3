import { type Bundle, buildOptionsOf } from '../lib/functions/build-options.ts';
import { type Bundled, makeBundle, zippedBytes } from './bundle.ts';
import { type Row, spreadOf, type Unit } from './figures.ts';
import { makeComparator } from './subjects.ts';

const KILOBYTE = 1024;

/** Sizes of the bundles, and of what is in them, the heaviest first. */
export async function measureSizes(sources: Readonly<Record<string, Bundle>>): Promise<Row[]> {
  const ours = Object.entries(sources).map(
    async ([name, source]) => [name, await makeBundle(buildOptionsOf(source))] as const,
  );
  const bundles = [...(await Promise.all(ours)), ['express', await makeComparator('express')] as const];
  return bundles.flatMap(([name, bundle]) => sizesOf(name, bundle));
}

function sizesOf(subject: string, bundle: Bundled): Row[] {
  const row = (part: string, what: string, bytes: number): Row => {
    const unit: Unit = 'KB';
    return { part, what, subject, unit, figure: spreadOf([bytes / KILOBYTE]), ratios: {} };
  };
  const parts = Object.entries(bundle.weights).sort(([, a], [, b]) => b - a);
  return [
    row('bundle', 'raw', bundle.code.length),
    row('bundle', 'zipped', zippedBytes(bundle)),
    ...parts
      .filter(([, bytes]) => bytes >= KILOBYTE)
      .map(([what, bytes]) => row('in the bundle', what, bytes)),
  ];
}
