import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { codeOf } from '../../ops/stage/faults.ts';

/** Folders whose code synthesizes. */
export const SYNTHESIZED = ['bin', 'lib'];

/** What a synthesis depends on beside the code at the root, relative to it; missing ones are skipped. */
const INPUTS = [
  ...SYNTHESIZED,
  'lambda',
  'handlers',
  'cdk.json',
  'cdk.context.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/** Folders at the root that no synthesis depends on. Any other is the customer's, such as `infrastructure/`. */
const ELSEWHERE = /^(\..*|bench|cdk\.out|coverage|dist|docs|examples|local|node_modules|ops|reports|test)$/;

/** Rules and stages, and whatever a customer has put beside them. */
const CODE_AT_ROOT = /(?<!\.(test|config))\.[cm]?[jt]s$/;

/** Whether a folder at the root is the customer's own, whose code `infrastructure.ts` or `stages.ts` may import. */
export const isOwnFolder = (name: string): boolean => !ELSEWHERE.test(name) && !INPUTS.includes(name);

/** Whether a synthesis depends on a file. @param path relative to the root */
export function isInput(path: string): boolean {
  const [first = '', ...rest] = path.split(sep);
  if (rest.length === 0) return INPUTS.includes(path) || CODE_AT_ROOT.test(path);
  return SYNTHESIZED.includes(first) || (isOwnFolder(first) && !rest.includes('node_modules'));
}

/**
 * A hash of the names and contents of everything that a synthesis depends on.
 * @param salt anything else that makes a difference, e.g. the stage
 * @param folder one more folder that it depends on
 */
export async function hashInputs(root: string, salt: string, folder?: string): Promise<string> {
  const atRoot = (await readdir(root, { withFileTypes: true })).filter((entry) =>
    entry.isDirectory() ? !ELSEWHERE.test(entry.name) : CODE_AT_ROOT.test(entry.name),
  );
  const inputs = [...new Set([...INPUTS, ...atRoot.map(({ name }) => name)])].map((input) =>
    join(root, input),
  );
  const paths = [...inputs, ...(folder === undefined ? [] : [folder])];
  const files = (await Promise.all(paths.map(filesUnder))).flat().sort();
  const read = await Promise.all(files.map(async (file) => ({ file, content: await readFile(file) })));
  const hash = createHash('sha256').update(salt);
  for (const { file, content } of read) {
    hash.update(`\0${relative(root, file).split(sep).join('/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

/** A file itself, or every file below a folder, without installed packages. */
async function filesUnder(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const found = entries
      .filter(({ name }) => name !== 'node_modules')
      .map((entry) => (entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)]));
    return (await Promise.all(found)).flat();
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return [path];
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
