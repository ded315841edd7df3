import { GENERATED } from './counts.ts';
import { folderDiagram, roomDiagram } from './diagrams.ts';
import type { Source } from './source.ts';

export const PAGE = 'docs/architecture.md';
export const README = 'README.md';

/** A row of the map: a folder, the size that the page gives for it, and what it holds. */
const ROW = /^\| `([\w./-]+)\/` \| ([\d,]+) \|/gm;

/** Folders that the map lists: those at the root, one level below, and the rooms of the core. */
export function foldersOf(sources: readonly Source[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { path, lines } of sources) {
    for (const folder of parentsOf(path)) sizes.set(folder, (sizes.get(folder) ?? 0) + lines);
  }
  return sizes;
}

/** How far down the map goes, where it is not one level below the folder at the root. */
const DEPTHS = { 'lambda/core/': 3, 'examples/': 1 };

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  const depth = Object.entries(DEPTHS).find(([folder]) => path.startsWith(folder))?.[1] ?? 2;
  return parts.slice(0, depth).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Folders and sizes that the page lists. */
export const rowsOf = (page: string): Map<string, number> =>
  new Map(
    [...page.matchAll(ROW)].map(([, folder, size]) => [folder ?? '', Number((size ?? '').replace(',', ''))]),
  );

/** The page with today's sizes and diagrams. */
export function updatePage(page: string, sources: readonly Source[]): string {
  const sizes = foldersOf(sources);
  const sized = page.replace(ROW, (row, folder: string, size: string) =>
    row.replace(`| ${size} |`, `| ${inTens(sizes.get(folder) ?? 0)} |`),
  );
  return withBlock(withBlock(sized, 'folders', folderDiagram(sources)), 'rooms', roomDiagram(sources));
}

/** README.md with today's size of the product. */
export const updateReadme = (text: string, sources: readonly Source[]): string =>
  text.replace(/(?<=\babout )[\d,]+(?= lines without the generated types)/, () => sizeOfProduct(sources));

/** Lines of `lambda/` and `lib/` without the generated types, in hundreds: `11,300`. */
function sizeOfProduct(sources: readonly Source[]): string {
  const written = sources.filter(({ path }) => /^(lambda|lib)\//.test(path) && path !== GENERATED);
  const lines = written.reduce((sum, source) => sum + source.lines, 0);
  return (Math.round(lines / 100) * 100).toLocaleString('en');
}

const inTens = (lines: number): string => (Math.round(lines / 10) * 10).toLocaleString('en');

/** Replaces what stands between the marks of a generated block. */
const withBlock = (page: string, block: string, content: string): string =>
  page.replace(
    new RegExp(`(?<=<!-- generated: ${block} -->\\n)[\\s\\S]*?(?=<!-- end -->)`),
    () => `${content}\n`,
  );
