import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { OWN_FILES } from './product.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** What the app and its commands need. */
const PARTS = ['bin', 'lambda', 'lib', 'local', 'ops', 'cdk.json', 'package.json', 'tsconfig.json'];

/** A copy of this repository, in which the customer's files are others. */
export interface Clone {
  /** Absolute path. */
  readonly root: string;
  remove(): void;
}

/**
 * Copies the repository, or some of it, with files in place of the customer's: those in `test/app` are what is shipped.
 *
 * @param folder Where the files come from, from the root.
 * @param own Which of its files and folders; those that do not exist are left out.
 */
export function makeClone(
  folder = 'test/app',
  parts: readonly string[] = PARTS,
  own: readonly string[] = OWN_FILES,
): Clone {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cyberdesk-clone-')));
  for (const part of parts) cpSync(join(ROOT, part), join(root, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'junction');
  const from = join(ROOT, folder);
  for (const file of own.flatMap((name) => filesOf(from, name))) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), atRoot(readFileSync(join(from, file), 'utf8')));
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** A file from two folders further down, with imports as they are at the root. */
export const atRoot = (text: string): string =>
  text.replaceAll("'../../../", "'../").replaceAll("'../../", "'./");

/** The file, or all files of the folder, of this name; nothing if there is neither. */
export function filesOf(root: string, name: string): string[] {
  const path = join(root, name);
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [name];
  const entries = readdirSync(path, { recursive: true, encoding: 'utf8' }).map((each) => join(name, each));
  return entries.filter((entry) => statSync(join(root, entry)).isFile());
}
