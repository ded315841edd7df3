import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { hashInputs, isInput } from '../../local/template/inputs.ts';

it.each([
  ['follow-ups.ts', true],
  ['my-rules.ts', true],
  ['rules.cjs', true],
  ['follow-ups.test.ts', false],
  ['vitest.config.ts', false],
  ['README.md', false],
  ['infrastructure/tables.ts', true],
  ['infrastructure/consumer/handler.py', true],
  ['infrastructure/node_modules/a/index.js', false],
  ['test/own.test.ts', false],
  ['.idea/workspace.xml', false],
])('the local run synthesizes again after an edit of %s: %s', async (file, expected) => {
  const root = mkdtempSync(join(tmpdir(), 'inputs-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), 'before');
  const before = await hashInputs(root, 'dev');

  writeFileSync(join(root, file), 'after');

  expect((await hashInputs(root, 'dev')) !== before).toBe(expected);
  // While it runs, too; edits of what is bundled are taken up without a synthesis.
  expect(isInput(join(...file.split('/')))).toBe(expected);
});
