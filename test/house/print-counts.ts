import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { PAGE, README, updatePage, updateReadme } from './architecture-page.ts';
import { type Count, countStructure } from './counts.ts';
import { ROOT, readRepository, readText } from './repository.ts';

const values = new Command('npm run counts --')
  .description('Prints the figures of the structure.')
  .option('--places', 'name each place that a limit is about', false)
  .option('--root <folder>', 'count another checkout of this repository', ROOT)
  .option(
    '--write',
    'put sizes and diagrams into docs/architecture.md, and the size of the product into README.md',
    false,
  )
  .parse()
  .opts<{ places: boolean; root: string; write: boolean }>();
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
