import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(import.meta.url);

/**
 * Root of this package. This file runs as `lib/paths.ts` in the repository, and in the published package as
 * `dist/lib/paths.js` or `dist/cjs/lib/paths.js`, so the root is the nearest folder whose `package.json` has a name.
 */
export const packageRoot = findRoot(dirname(file));

/** Bundles are made from TypeScript in the repository, and from ES modules in the published package. */
const extension = file.endsWith('.ts') ? '.ts' : '.js';
const codeRoot = extension === '.ts' ? packageRoot : join(packageRoot, 'dist');

/** Absolute path of the entry file of a function. */
export const handlerPath = (name: string): string => codePath(`lambda/${name}/handler`);

/** The follow-ups file of this package, used unless an installation has its own. */
export const followUpsPath = codePath('follow-ups');

/** Absolute path of code of this package, by its path in the repository without the extension. */
export function codePath(name: string): string {
  return join(codeRoot, `${name}${extension}`);
}

function findRoot(folder: string): string {
  const manifest = join(folder, 'package.json');
  const isRoot = existsSync(manifest) && 'name' in JSON.parse(readFileSync(manifest, 'utf8'));
  return isRoot ? folder : findRoot(dirname(folder));
}
