import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it('the console page type-checks against the types of its server', () => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const check = () =>
    execFileSync(process.execPath, [tsc, '-p', 'ops/console/page'], { cwd: root, encoding: 'utf8' });
  expect(check()).toBe('');
});
