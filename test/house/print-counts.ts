import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PAGE, README, updatePage, updateReadme } from './architecture-page.ts';
import { type Count, countStructure } from './counts.ts';
import { ROOT, readRepository, readText } from './repository.ts';

// `npm run counts`: the figures of the structure. `--places` names each place that a limit is about, `--root` counts
// another checkout of this repository, `--write` puts sizes and diagrams into docs/architecture.md, and the size
// of the product into README.md.
const { values } = parseArgs({
  options: {
    root: { type: 'string', default: ROOT },
    places: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const root = resolve(values.root);
const sources = readRepository(root);
const counts = countStructure(sources);
const width = Math.max(...counts.map(({ name }) => name.length));
for (const count of counts) print(count);
if (values.write) {
  writeFileSync(join(ROOT, PAGE), updatePage(readText(PAGE), sources));
  writeFileSync(join(ROOT, README), updateReadme(readText(README), sources));
}

function print({ name, value, limit, places = [] }: Count): void {
  console.log(`${name.padEnd(width)}  ${value}${limit === undefined ? '' : `  (limit ${limit})`}`);
  if (values.places) for (const place of places) console.log(`    ${place}`);
}
