import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const DOCS = join(import.meta.dirname, '../../../docs');

/** One page of the documentation, by its path below `docs`. */
export const readPage = (path: string): Promise<string> => readFile(join(DOCS, path), 'utf8');

/** All that is written about operating a stage, in one text. */
export async function readOperatePages(): Promise<string> {
  const names = await readdir(join(DOCS, 'operate'));
  const pages = ['operate.md', ...names.map((name) => `operate/${name}`)];
  return (await Promise.all(pages.map(readPage))).join('\n');
}
