import { expect, it } from 'vitest';
import { foldersOf, PAGE, README, rowsOf, updatePage, updateReadme } from './architecture-page.ts';
import { roomDiagram } from './diagrams.ts';
import { readRepository, readText } from './repository.ts';
import { readSource } from './source.ts';

const page = readText(PAGE);
const sources = readRepository();
const sizes = foldersOf(sources);

it('docs/architecture.md describes every folder, and none that does not exist', () => {
  expect([...rowsOf(page).keys()].sort()).toEqual([...sizes.keys()].sort());
});

it('docs/architecture.md gives sizes that are right within a quarter ("npm run counts -- --write" updates them)', () => {
  const wrong = [...rowsOf(page)].filter(
    ([folder, size]) => Math.abs(size - (sizes.get(folder) ?? 0)) > Math.max(30, size / 4),
  );

  expect(wrong).toEqual([]);
});

it('docs/architecture.md shows the diagrams of today ("npm run counts -- --write" updates them)', () => {
  const withoutSizes = (text: string) => text.replace(/^(\| `[\w./-]+` \|) [\d,]+ \|/gm, '$1');

  expect(withoutSizes(page)).toBe(withoutSizes(updatePage(page, sources)));
});

it('README.md gives a size of the product that is right within a tenth ("npm run counts -- --write" updates it)', () => {
  const sizeIn = (text: string) =>
    Number(/about ([\d,]+) lines without/.exec(text)?.[1]?.replace(',', '') ?? Number.NaN);
  const [given, today] = [sizeIn(readText(README)), sizeIn(updateReadme(readText(README), sources))];

  expect(Math.abs(given - today)).toBeLessThanOrEqual(today / 10);
});

it('a diagram leaves out arrows that follow from others', () => {
  const planted = [
    readSource('lambda/core/act/a.ts', "import '../plan/index.ts'; import '../model/index.ts';"),
    readSource('lambda/core/plan/a.ts', "import '../model/index.ts';"),
  ];

  expect(roomDiagram(planted).match(/\w+ --> \w+/g)).toEqual(['n_plan --> n_model', 'n_act --> n_plan']);
});
