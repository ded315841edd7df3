import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Bookmark, Bookmarks } from '../../ops/reconcile/bookmark.ts';

const mark: Bookmark = { since: 1, until: 9, upTo: 5, startedAt: Date.now(), counts: {}, open: [] };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bookmark-'));
});
afterEach(() => rm(directory, { recursive: true }));

it('a bookmark that many write at once is complete, and leaves no other files behind', async () => {
  const all = Array.from({ length: 20 }, () => new Bookmarks(['same'], directory));
  await Promise.all(all.map((bookmarks) => bookmarks.write(mark)));
  expect(await all[0]?.read(Date.now())).toEqual(mark);
  expect(await readdir(directory)).toHaveLength(1);
});

it('a bookmark that cannot be written is reported once and then ignored', async () => {
  const file = join(directory, 'file');
  await writeFile(file, '');
  const said: string[] = [];
  // A folder that no user can create.
  const bookmarks = new Bookmarks(['same'], join(file, 'folder'), (text) => said.push(text));
  await bookmarks.remove();
  await bookmarks.write(mark);
  expect(said).toEqual([expect.stringMatching(/ENOTDIR.*starts over/)]);
  expect(await bookmarks.read(Date.now())).toBeUndefined();
});
