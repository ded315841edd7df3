import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { countBundles } from './bundles.ts';
import { type Count, countStructure } from './counts.ts';
import { ROOT, readRepository } from './repository.ts';

// `npm run counts`: the figures of the structure. `--places` names each place that a limit is about, `--root` counts
// another checkout of this repository.
const { values } = parseArgs({
  options: { root: { type: 'string', default: ROOT }, places: { type: 'boolean', default: false } },
});
const root = resolve(values.root);
const counts = [...countStructure(readRepository(root)), ...countBundles(root)];
const width = Math.max(...counts.map(({ name }) => name.length));
for (const count of counts) print(count);
if (!counts.some(({ name }) => name.startsWith('bundle'))) console.log('bundles: run "npm run synth" first');

function print({ name, value, limit, places = [] }: Count): void {
  console.log(`${name.padEnd(width)}  ${value}${limit === undefined ? '' : `  (limit ${limit})`}`);
  if (values.places) for (const place of places) console.log(`    ${place}`);
}
