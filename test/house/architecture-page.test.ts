import { expect, it } from 'vitest';
import {
  completionKey,
  endedAtCompletion,
  eventKey,
  type KEY_PREFIXES,
  type Key,
  lineageKey,
  nameOf,
  occurrencePartition,
  ownCompletion,
  pieceKey,
} from '../../lambda/core/model/index.ts';
import { intentKey, marksOf, outcomeKey } from '../../ops/audit/record.ts';
import { foldersOf, PAGE, README, rowsOf, updatePage, updateReadme } from './architecture-page.ts';
import { roomDiagram } from './diagrams.ts';
import { readRepository, readText } from './repository.ts';
import { readSource } from './source.ts';

const page = readText(PAGE);

/** Keys of the items under each prefix, with the words of the page for what they hold. */
const ITEMS: Record<keyof typeof KEY_PREFIXES, Key[]> = {
  event: [eventKey('<event id>')],
  eventBody: [withIndex(pieceKey('<sha256>', 0))],
  planBody: [withIndex(pieceKey('<sha256>', 0, 'plan'))],
  run: [
    completionKey('<run id>', endedAtCompletion(0).replace('0', '<ended_at in ms>')),
    completionKey('<run id>', ownCompletion('<event id>')),
    lineageKey('<run id>'),
  ],
  occurrence: [{ pk: occurrencePartition('<event id>'), sk: ownCompletion('<event id>~<digest>') }],
  audit: [intentKey('<act>'), outcomeKey('<act>'), { pk: marksOf('<event id>'), sk: '<time>#<act>' }],
};

function withIndex({ pk, sk }: Key): Key {
  return { pk: pk.replace(/0$/, '<i>'), sk };
}

/** Items that there is one of: their keys are written out. */
const controlItems = (): Key[] =>
  sources
    .filter(({ path }) => /^(lambda|ops|lib)\//.test(path))
    .flatMap(({ path }) => [...readText(path).matchAll(/pk: '([^']+)', sk: '([^']+)'/g)])
    .map(([, pk = '', sk = '']) => ({ pk, sk }));

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

it('docs/architecture.md has a row for each kind of item in the table, and for no other', () => {
  const rows = [...page.matchAll(/^\| `([^`|]+#[^`|]*)` \| `([^`|]+)` \|/gm)].map(
    ([, pk, sk]) => `${pk} ${sk}`,
  );

  expect(rows.sort()).toEqual([...Object.values(ITEMS).flat(), ...controlItems()].map(nameOf).sort());
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
