import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Root of this package. This file runs as `lib/paths.ts` in the repository and as `dist/lib/paths.js` in the published
 * package, so the root is the nearest folder with a `package.json`.
 */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** `.ts` in the repository, `.js` in the published package. */
const extension = extname(fileURLToPath(import.meta.url));
const codeRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Absolute path of the entry file of a function. */
export const handlerPath = (name: string): string => join(codeRoot, 'lambda', name, `handler${extension}`);

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

/** The follow-ups file of this package, used unless an installation has its own. */
export const followUpsPath = join(codeRoot, `follow-ups${extension}`);
