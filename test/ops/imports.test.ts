import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Folders and what they may not import: the package ships ops without the local run, and the functions need neither. */
it.each([
  ['ops', ['local', 'test']],
  ['lambda', ['local', 'ops', 'test']],
])('%s imports nothing from %j', async (folder, others) => {
  const files = (await readdir(join(root, folder), { recursive: true })).filter((file) =>
    /\.(ts|js)$/.test(file),
  );
  expect(files.length).toBeGreaterThan(10);
  const foreign = new RegExp(`(from|import\\()\\s*'(\\.\\./)+(${others.join('|')})/`);
  const found: string[] = [];
  for (const file of files) {
    // Only folders at the root are meant, not one of the same name inside this folder.
    const depth = file.split(/[\\/]/).length;
    const text = await readFile(join(root, folder, file), 'utf8');
    const imports = text.match(new RegExp(foreign, 'g')) ?? [];
    if (imports.some((one) => one.split('../').length - 1 === depth)) found.push(file);
  }
  expect(found).toEqual([]);
});
