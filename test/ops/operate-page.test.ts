import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EXIT } from '../../ops/cli/command.ts';
import { processIo } from '../../ops/cli/io.ts';
import { createProgram } from '../../ops/main.ts';
import { readOperatePages, readPage } from './support/pages.ts';

const page = await readOperatePages();
/** Of every verb, and of npx. */
const GENERAL = ['--help', '--no'];

it('the pages of docs/operate name every verb, and no option that does not exist', async () => {
  const program = await createProgram({ io: processIo(), exitCode: EXIT.ok });
  for (const verb of program.commands) expect(page, verb.name()).toContain(`| \`${verb.name()}`);
  const known = program.commands
    .flatMap((verb) => [verb, ...verb.commands])
    .flatMap(({ options }) => options.flatMap(({ short, long }) => [short ?? [], long ?? []].flat()));
  const named = [...page.matchAll(/`[^`\n]*?(--[a-z][a-z-]+)/g)].map(([, option]) => option);
  expect(
    named.filter((option) => !known.includes(option as string) && !GENERAL.includes(option ?? '')),
  ).toEqual([]);
});

it('docs/operate/permissions.md names every AWS action that the verbs call, and no other', async () => {
  const folder = join(import.meta.dirname, '../../ops');
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const called = texts.flatMap((text) => [...text.matchAll(/new ([A-Z]\w+?)(?:Batch)?Command\(/g)]);
  // Through adapters that the functions use, too; batches need the permission of the single call.
  const actions = new Set([...called.map(([, action]) => action), 'GetItem', 'PutItem', 'SendMessage']);
  const page = await readPage('operate/permissions.md');
  const named = [...page.matchAll(/`(?:[a-z]+:)?([A-Z][A-Za-z]+)`/g)].map(([, action]) => action);

  expect([...new Set(named)].sort()).toEqual([...actions].sort());
});
