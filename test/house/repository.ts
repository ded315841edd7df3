import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Aliases, readSource, type Source } from './source.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** Folders that hold code. */
export const FOLDERS = ['lambda', 'lib', 'ops', 'local', 'bin', 'test'];

const CODE = /\.(ts|mts|js|mjs)$/;

/** Paths of all files below the folders, and of those at the root, from the root and with forward slashes. */
export function listFiles(folders: readonly string[] = FOLDERS): string[] {
  const below = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1)),
  );
  const root = readdirSync(ROOT).filter((name) => name.endsWith('.ts'));
  return [...below, ...root].map((path) => path.replaceAll('\\', '/')).sort();
}

/** Text of a file, by its path from the root. */
export const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** All code of the repository. */
export const readRepository = (): Source[] =>
  listFiles()
    .filter((path) => CODE.test(path))
    .map((path) => readSource(path, readText(path), ALIASES));

/** `#follow-ups` and the like; `./follow-ups.ts` becomes `follow-ups.ts`. */
const ALIASES: Aliases = Object.fromEntries(
  Object.entries(JSON.parse(readText('package.json')).imports).map(([name, path]) => [
    name,
    String(path).replace('./', ''),
  ]),
);
