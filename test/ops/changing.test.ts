import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const FOLDER = join(import.meta.dirname, '../../ops/console/api');

/** They have a body, as there may be many ids or a filter, and change nothing. */
const READS = ['erase-preview', 'replay-preview'];

it('every route of the console that changes the stage goes through the one function that checks it', () => {
  const text = readdirSync(FOLDER)
    .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
    .join('\n');
  const routes = [...text.matchAll(/'POST ([\w-]+)': (async|\w+)/g)].map(([, name = '', through]) => ({
    name,
    through,
  }));

  expect(routes.map(({ name }) => name).sort()).toEqual([
    'erase',
    'erase-preview',
    'redrive',
    'replay',
    'replay-preview',
    'send',
    'settle',
  ]);
  expect(routes.filter(({ name, through }) => !READS.includes(name) && through !== 'changing')).toEqual([]);
});
