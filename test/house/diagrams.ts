import type { Source } from './source.ts';
import { placeOf, ROOMS, roomOf } from './storeys.ts';

/** Arrows from importers to what they import, without those that follow from others. */
type Arrows = ReadonlyMap<string, ReadonlySet<string>>;

/** The rooms of the core, as a Mermaid diagram: an arrow points to what is imported. */
export function roomDiagram(sources: readonly Source[]): string {
  return draw(ROOMS, arrowsOf(sources, roomOf));
}

/** The folders at the root, as a Mermaid diagram. */
export function folderDiagram(sources: readonly Source[]): string {
  const product = sources.filter(
    ({ path }) => !path.startsWith('test/') && !/\.(test|config)\.ts$/.test(path),
  );
  const folders = [...new Set(product.map(({ path }) => placeOf(path)))].sort();
  return draw(folders, arrowsOf(product, placeOf));
}

function arrowsOf(sources: readonly Source[], placeOf: (path: string) => string | undefined): Arrows {
  const arrows = new Map<string, Set<string>>();
  for (const { path, imports } of sources) {
    const from = placeOf(path);
    if (from === undefined) continue;
    for (const { target } of imports) {
      const to = placeOf(target);
      if (to !== undefined && to !== from) arrows.set(from, (arrows.get(from) ?? new Set()).add(to));
    }
  }
  return arrows;
}

function draw(places: readonly string[], arrows: Arrows): string {
  const lines = places.flatMap((from) =>
    [...(arrows.get(from) ?? [])]
      .filter((to) => !isImplied(arrows, from, to))
      .sort()
      .map((to) => `  ${name(from)} --> ${name(to)}`),
  );
  const nodes = places.map((place) => `  ${name(place)}["${place}"]`);
  return ['```mermaid', 'flowchart TD', ...nodes, ...lines, '```'].join('\n');
}

/** Names of nodes may hold no dots or dashes; "style" and "end" are words of the language. */
const name = (place: string): string => `n_${place.replace(/\W/g, '_')}`;

/** Whether `to` is reached by way of something else that `from` imports. */
function isImplied(arrows: Arrows, from: string, to: string): boolean {
  const others = [...(arrows.get(from) ?? [])].filter((other) => other !== to);
  return others.some((other) => reaches(arrows, other, to, new Set([from])));
}

function reaches(arrows: Arrows, from: string, to: string, seen: Set<string>): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return [...(arrows.get(from) ?? [])].some((next) => reaches(arrows, next, to, seen));
}
