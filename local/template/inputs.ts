import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** What a synthesis depends on, relative to the project; absent ones are skipped. */
const INPUTS = [
  'bin',
  'lib',
  'lambda',
  'follow-ups.ts',
  'stages.ts',
  'cdk.json',
  'cdk.context.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/**
 * A hash over names and contents of everything that a synthesis depends on.
 * @param salt what else makes a difference, e.g. the stage
 * @param folder one more folder that it depends on
 */
export async function hashInputs(root: string, salt: string, folder?: string): Promise<string> {
  const paths = [...INPUTS.map((input) => join(root, input)), ...(folder === undefined ? [] : [folder])];
  const files = (await Promise.all(paths.map(filesUnder))).flat().sort();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  const hash = createHash('sha256').update(salt);
  for (const [index, file] of files.entries()) {
    const content = contents[index] as Buffer;
    hash.update(`\0${relative(root, file).split(sep).join('/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesUnder(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const nested = entries.map((entry) => {
      const child = join(path, entry.name);
      return entry.isDirectory() ? filesUnder(child) : [child];
    });
    return (await Promise.all(nested)).flat();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw error;
  }
}
