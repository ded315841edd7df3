import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  changedBetween,
  foldersOfInputs,
  hashOf,
  mayMatter,
  readInputs,
} from '../../local/template/inputs.ts';

function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'inputs-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

function write(root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

it.each([
  ['follow-ups.ts', true],
  ['my-rules.ts', true],
  ['rules.cjs', true],
  ['handlers/archive.ts', true],
  ['infrastructure/tables.ts', true],
  ['infrastructure/consumer/handler.py', true],
  ['infrastructure/consumer/.dockerignore', true],
  ['follow-ups.test.ts', false],
  ['shared/helper.test.ts', false],
  ['vitest.config.ts', false],
  ['README.md', false],
  ['infrastructure/node_modules/a/index.js', false],
  ['test/own.test.ts', false],
  ['.idea/workspace.xml', false],
])('the local run synthesizes again after an edit of %s: %s', async (file, expected) => {
  const root = makeRoot();
  write(root, file, 'before');
  const before = await readInputs(root);

  write(root, file, 'after');
  const after = await readInputs(root);

  expect(hashOf(after, 'dev') !== hashOf(before, 'dev')).toBe(expected);
  // While it runs, too.
  expect(changedBetween(before, after)).toEqual(expected ? [file] : []);
  const folders = (await foldersOfInputs(root)).map((folder) => relative(root, folder));
  if (expected) expect(['.', ...folders]).toContain(dirname(file));
});

it.each([
  ...['shared/4913', 'shared/helper.ts~', 'shared/.helper.ts.swp', '.follow-ups.ts.swx', 'follow-ups.ts~'],
  ...['.#follow-ups.ts', 'shared/#helper.ts#', 'handlers/.#archive.ts'],
  ...['shared/helper.ts___jb_tmp___', 'handlers/archive.ts___jb_old___'],
  ...['shared/.helper.ts.kate-swp', 'shared/.DS_Store'],
])('an editor that writes %s beside the code changes nothing', async (file) => {
  const root = makeRoot();
  const before = await readInputs(root);

  write(root, file, 'copied');

  expect(await readInputs(root)).toEqual(before);
  expect(mayMatter(join(...file.split('/')))).toBe(false);
});

it('generated types count only once code of the customer names them, and then by being there', async () => {
  const root = makeRoot();
  write(root, 'lambda/rules/follow-ups.ts', "// import { schemas } from './cyberdesk.generated.ts'");
  write(root, 'follow-ups.ts', 'before');
  const unnamed = await readInputs(root);
  write(root, 'cyberdesk.generated.ts', 'one workflow');
  expect(await readInputs(root)).toEqual(unnamed);

  write(root, 'follow-ups.ts', "import { schemas } from './cyberdesk.generated.ts';");
  const named = await readInputs(root);
  write(root, 'cyberdesk.generated.ts', 'two workflows');

  expect(changedBetween(unnamed, named)).toEqual(['follow-ups.ts', 'cyberdesk.generated.ts']);
  expect(await readInputs(root)).toEqual(named);
});

it('a link that leads nowhere or to a folder is no input, and does not end the local run', async () => {
  const root = makeRoot();
  write(root, 'shared/helper.ts', '');
  symlinkSync('nowhere', join(root, 'shared/lock'));
  symlinkSync('.', join(root, 'shared/again'));

  expect([...(await readInputs(root)).keys()]).toEqual(['shared/helper.ts']);
});

it.each([
  ['.local.dev.0123456789abcdef/manifest.json', false],
  ['.local.lock.db-journal', false],
  ['.local.draft.AbCdEf', false],
  ['.cyberdesk-local/dev/lock', false],
  ['shared/new.ts', true],
  ['data.json', true],
  ['../other/rules.ts', true],
])('a failed build is tried again after an edit of %s: %s', (file, expected) => {
  expect(mayMatter(join(...file.split('/')))).toBe(expected);
});
