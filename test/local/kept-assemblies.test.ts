import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KeptAssemblies } from '../../local/template/kept-assemblies.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cyberdesk-assemblies-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function draft(): string {
  const folder = mkdtempSync(join(root, '.x.draft.'));
  writeFileSync(join(folder, 'manifest.json'), '{}');
  return folder;
}

/** Publishes as many that are not in use. */
function publishMany(assemblies: KeptAssemblies, count: number): void {
  for (let index = 0; index < count; index += 1) assemblies.publish(draft(), `.x.${index}`).release();
}

it('an assembly that a run uses stays when there are many newer ones', () => {
  const assemblies = new KeptAssemblies(root, '.x.');
  const claim = assemblies.publish(draft(), '.x.used');
  utimesSync(join(root, '.x.used'), 0, 0);

  publishMany(assemblies, 8);
  expect(existsSync(join(root, '.x.used'))).toBe(true);

  claim.release();
  utimesSync(join(root, '.x.used'), 0, 0);
  publishMany(assemblies, 8);
  expect(existsSync(join(root, '.x.used'))).toBe(false);
});

it('the claim of a process that has ended counts for nothing', () => {
  const assemblies = new KeptAssemblies(root, '.x.');
  mkdirSync(join(root, '.x.old'));
  // No process has this number.
  writeFileSync(join(root, '.x.old', 'used-by.99999999.1'), '');
  utimesSync(join(root, '.x.old'), 0, 0);

  publishMany(assemblies, 6);

  expect(readdirSync(root)).toContain('.x.5');
  expect(readdirSync(root)).not.toContain('.x.old');
});

it('two runs that synthesize the same inputs both use the first result', () => {
  const [one, other] = [new KeptAssemblies(root, '.x.'), new KeptAssemblies(root, '.x.')];
  const first = draft();
  writeFileSync(join(first, 'first'), '');
  one.publish(first, '.x.same');
  other.publish(draft(), '.x.same');

  expect(existsSync(join(root, '.x.same', 'first'))).toBe(true);
  expect(other.claim('.x.same')).toBeDefined();
  expect(other.claim('.x.none')).toBeUndefined();
});
