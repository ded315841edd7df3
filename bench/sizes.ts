import { type Bundle, buildOptionsOf } from '../lib/functions/build-options.ts';
import { makeBundle, zippedBytes } from './bundle.ts';
import { addSample, type Row, rowsOf, type Samples } from './figures.ts';
import { makeComparator } from './subjects.ts';

const KILOBYTE = 1000;

/** Sizes of the bundles; and of each dependency in those of the functions, the heaviest first. */
export async function measureSizes(sources: Readonly<Record<string, Bundle>>): Promise<Row[]> {
  const [sizes, weights]: [Samples, Samples] = [{}, {}];
  for (const name of [...Object.keys(sources), 'express']) {
    const source = sources[name];
    const bundle = await (source ? makeBundle(buildOptionsOf(source)) : makeComparator('express'));
    addSample(sizes, 'raw, KB', name, bundle.code.length / KILOBYTE);
    addSample(sizes, 'zipped, KB', name, zippedBytes(bundle) / KILOBYTE);
    for (const [dependency, bytes] of source ? Object.entries(bundle.weights) : [])
      if (bytes >= KILOBYTE) addSample(weights, `${dependency}, KB`, name, bytes / KILOBYTE);
  }
  const heaviest = rowsOf('in the bundles', weights).sort((a, b) => b.figure.median - a.figure.median);
  return [...rowsOf('bundles', sizes), ...heaviest];
}
