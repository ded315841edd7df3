import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { codeOf } from '../../ops/stage/faults.ts';

/** What a synthesis depends on beside the code at the root, relative to it; missing ones are skipped. */
const INPUTS = [
  'bin',
  'lib',
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

/** Folders that no customer's code is in. */
const PRODUCT = /^(bin|lambda|lib)\//;

/** Rules and stages, and whatever a customer has put beside them. */
const CODE_AT_ROOT = /(?<!\.config)\.[cm]?[jt]s$/;

/** What editors, desktops and people put beside code, and no app is made of: copies, locks and tests. */
const ASIDE = new RegExp(
  [
    // vim, emacs, JetBrains, Kate
    /^4913$|~$|^\..*\.sw[a-z]$|^\.#|^#.*#$|___jb_(tmp|old)___$|\.kate-swp$/,
    /^\.DS_Store$|^Thumbs\.db$/,
    /\.(test|spec)\.[cm]?[jt]sx?$/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** What the command `types` writes beside the rules: types, which no bundle and no template has. */
const GENERATED = 'cyberdesk.generated.ts';

/** Path, relative to the root and with `/` → hash of the content, of everything that a synthesis depends on. */
export type Inputs = ReadonlyMap<string, string>;

/**
 * Reads what a synthesis depends on. A file that is gone by then is left out.
 *
 * @param folder one more folder that it depends on
 */
export async function readInputs(root: string, folder?: string): Promise<Inputs> {
  const atRoot = await readdir(root, { withFileTypes: true });
  const found = atRoot.filter((entry) => (entry.isDirectory() ? isSource(entry.name) : isCode(entry.name)));
  const names = new Set([...INPUTS, ...found.map(({ name }) => name)]);
  const paths = [...[...names].map((name) => join(root, name)), ...(folder === undefined ? [] : [folder])];
  const files = (await Promise.all(paths.map(filesUnder))).flat().sort();
  const read = await Promise.all(
    files.map(async (file) => {
      const content = await unlessGone(readFile(file));
      return content === undefined ? [] : [{ path: relative(root, file).split(sep).join('/'), content }];
    }),
  );
  return hashesOf(read.flat());
}

interface SourceFile {
  readonly path: string;
  readonly content: Buffer;
}

/** Of the generated types, only that they are there makes a difference, and only to code that names them. */
function hashesOf(files: readonly SourceFile[]): Inputs {
  const isGenerated = ({ path }: SourceFile) => basename(path) === GENERATED;
  const names = (file: SourceFile) =>
    !isGenerated(file) && !PRODUCT.test(file.path) && file.content.includes(basename(GENERATED, '.ts'));
  const hash = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');
  return new Map(
    files
      .filter((file) => !isGenerated(file) || files.some(names))
      .map((file) => [file.path, hash(isGenerated(file) ? '' : file.content)]),
  );
}

/** One hash of them all. @param salt anything else that makes a difference, e.g. the stage */
export function hashOf(inputs: Inputs, salt: string): string {
  const hash = createHash('sha256').update(salt);
  for (const [path, digest] of inputs) hash.update(`\0${path}\0${digest}`);
  return hash.digest('hex').slice(0, 16);
}

/** Files that are new, gone, or have another content. */
export function changedBetween(before: Inputs, after: Inputs): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path));
}

/** Folders at the root, and those below them, whose files may be inputs. Absolute paths. */
export async function foldersOfInputs(root: string): Promise<string[]> {
  const atRoot = await readdir(root, { withFileTypes: true });
  const own = atRoot.filter((entry) => entry.isDirectory() && isSource(entry.name));
  return (await Promise.all(own.map(({ name }) => foldersUnder(join(root, name))))).flat();
}

/**
 * Whether an edit of a file may make a difference to what is built from sources, wherever they are: it is nothing that
 * the local run, an editor or a test has put there. @param path relative to the root
 */
export function mayMatter(path: string): boolean {
  const [first = ''] = path.split(sep);
  return !isAside(basename(path)) && (first === '..' || !ELSEWHERE.test(first));
}

const isAside = (name: string): boolean => ASIDE.test(name);

const isSource = (folder: string): boolean => !ELSEWHERE.test(folder);

const isCode = (name: string): boolean => CODE_AT_ROOT.test(name) && !isAside(name);

/** A folder, and those in it, without installed packages. */
async function foldersUnder(folder: string): Promise<string[]> {
  const entries = (await unlessGone(readdir(folder, { withFileTypes: true }))) ?? [];
  const inside = entries.filter((entry) => entry.isDirectory() && entry.name !== 'node_modules');
  return [folder, ...(await Promise.all(inside.map(({ name }) => foldersUnder(join(folder, name))))).flat()];
}

/** A file itself, or every file below a folder, without installed packages. */
async function filesUnder(path: string): Promise<string[]> {
  try {
    const entries = (await unlessGone(readdir(path, { withFileTypes: true }))) ?? [];
    const found = entries
      .filter(({ name }) => name !== 'node_modules' && !isAside(name))
      .map((entry) => (entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)]));
    return (await Promise.all(found)).flat();
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return [path];
    throw error;
  }
}

/** Undefined if there is no such file, or no longer; a link may lead nowhere, or to a folder. */
async function unlessGone<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (['ENOENT', 'EISDIR'].includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}
