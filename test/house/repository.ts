import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { atRoot } from '../support/clone.ts';
import { IMPORTED_FILES, PRODUCT_FILES, PRODUCT_FOLDERS } from '../support/product.ts';
import { type Aliases, readSource, type Source } from './source.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** Folders that hold code. */
const FOLDERS = ['lambda', 'lib', 'ops', 'local', 'bin', 'bench', 'examples', 'test'];

const TEXT = /\.([mc]?[tj]s|md|html|css|ya?ml|sh)$|^\.ci\/run$/;

const CODE = /\.(ts|mts|js|mjs)$/;

/** Paths of all files below the folders, from the root and with forward slashes. */
function listFiles(root = ROOT, folders: readonly string[] = FOLDERS): string[] {
  const below = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name))),
  );
  return below.map((path) => path.replaceAll('\\', '/')).sort();
}

/** Files that people read, code and prose alike: what is generated or copied from elsewhere is left out. */
export const listTexts = (): string[] =>
  [...listFiles(ROOT, PRODUCT_FOLDERS), ...PRODUCT_FILES].filter(
    (path) => TEXT.test(path) && !/snapshots\/|api-types\.ts$/.test(path),
  );

/** Text of a file, by its path from the root. */
export const readText = (path: string, root = ROOT): string => readFileSync(join(root, path), 'utf8');

/** All code of the repository, or of another checkout of it, with what is shipped in place of the customer's files. */
export function readRepository(root = ROOT): Source[] {
  const aliases = readAliases(root);
  const own = [...listFiles(root), 'vitest.config.ts']
    .sort()
    .filter((path) => CODE.test(path))
    .map((path) => readSource(path, readText(path, root), aliases));
  const shipped = IMPORTED_FILES.map((path) =>
    readSource(path, atRoot(readText(`test/app/${path}`, root)), aliases),
  );
  return [...own, ...shipped];
}

/** `#follow-ups` and the like, from package.json; `./follow-ups.ts` becomes `follow-ups.ts`. */
const readAliases = (root: string): Aliases =>
  Object.fromEntries(
    Object.entries(JSON.parse(readText('package.json', root)).imports).map(([name, path]) => [
      name,
      String(path).replace('./', ''),
    ]),
  );
