import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** What the app and its commands need. */
const PARTS = ['bin', 'lambda', 'lib', 'local', 'ops', 'cdk.json', 'package.json', 'tsconfig.json'];

/** Files of the customer's. */
export const OWN_FILES = ['follow-ups.ts', 'follow-ups.test.ts', 'stages.ts', 'infrastructure.ts'];

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
 */
export function makeClone(folder = 'test/app', parts: readonly string[] = PARTS): Clone {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cyberdesk-clone-')));
  for (const part of parts) cpSync(join(ROOT, part), join(root, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'junction');
  for (const name of OWN_FILES) {
    const text = readIfThere(join(ROOT, folder, name));
    if (text !== undefined) writeFileSync(join(root, name), atRoot(text));
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** A file with imports as they are at the root. */
export const atRoot = (text: string): string => text.replace(/'(\.\.\/)+/g, "'./");

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
