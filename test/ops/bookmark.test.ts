import { mkdtemp, readdir, rm } from 'node:fs/promises';
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

it('written by many at once is whole, and leaves nothing else behind', async () => {
  const all = Array.from({ length: 20 }, () => new Bookmarks(['same'], directory));
  await Promise.all(all.map((bookmarks) => bookmarks.write(mark)));
  expect(await all[0]?.read(Date.now())).toEqual(mark);
  expect(await readdir(directory)).toHaveLength(1);
});
