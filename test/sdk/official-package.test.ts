import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { compile } from '../core/rules/compile.ts';
import { USES } from './uses.ts';

/** The `node_modules` with the newest `cyberdesk`, which is no dependency of ours. Undefined where npm does not have it. */
function installOfficial(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'cyberdesk-official-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const npm = (...args: string[]) =>
    spawnSync('npm', args, { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' });
  if (npm('view', 'cyberdesk', 'version').stdout.trim() === '') return undefined;
  const { status, stderr } = npm(
    'install',
    '--no-save',
    '--ignore-scripts',
    '--prefix',
    folder,
    'cyberdesk@latest',
  );
  expect(status, stderr).toBe(0);
  return join(folder, 'node_modules');
}

it('code with a key per call compiles against the newest official SDK', ({ skip }) => {
  const official = installOfficial();
  if (official === undefined) return skip('npm has no package cyberdesk, or cannot be reached');

  expect(compile({ 'uses.ts': USES }, official)['uses.ts']).toEqual([]);
});
