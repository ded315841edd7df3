import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../house/repository.ts';
import { makeClone } from '../support/clone.ts';
import { LOCKED } from './lockfile.ts';

/** Packages that a synthesis needs beside those that are bundled. */
const TOOLS = /^node_modules\/(@aws-cdk\/|aws-cdk-lib$|constructs$|esbuild$|@esbuild\/|\.bin$)/;

/** Copies of the packages, linked: source maps hold paths to the real files, so a link to another folder will not do. */
function addPackages(folder: string): void {
  const locations = Object.entries(LOCKED)
    .filter(
      ([location, { dev, devOptional, link }]) => (!dev && !devOptional && !link) || TOOLS.test(location),
    )
    .map(([location]) => location)
    .filter((location) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(location));
  for (const location of [...locations, 'node_modules/.bin']) {
    const to = join(folder, location);
    mkdirSync(dirname(to), { recursive: true });
    // Packages for other systems are not installed.
    spawnSync('cp', ['-al', join(ROOT, location), to]);
  }
}

/** Synthesizes a copy of the repository in this folder. @returns the hashes of all assets, by the name of their stack */
function synthesizeIn(folder: string): Record<string, string[]> {
  const clone = makeClone();
  mkdirSync(folder, { recursive: true });
  cpSync(clone.root, folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
  clone.remove();
  addPackages(folder);
  const out = join(folder, 'cdk.out');
  const { status, stderr } = spawnSync(process.execPath, ['bin/app.mjs'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, CDK_OUTDIR: out },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const manifests = readdirSync(out).filter((file) => file.endsWith('.assets.json'));
  return Object.fromEntries(
    manifests.map((file) => [
      file,
      Object.keys(JSON.parse(readFileSync(join(out, file), 'utf8')).files).sort(),
    ]),
  );
}

it.skipIf(process.platform !== 'linux')(
  'two folders at different depths give the same asset hashes, so anyone can rebuild what a release deploys',
  () => {
    const root = mkdtempSync(join(ROOT, '.two-folders-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));

    const first = synthesizeIn(join(root, 'a'));
    const second = synthesizeIn(join(root, 'b', 'much', 'deeper'));

    expect(Object.keys(first)).toHaveLength(2);
    for (const hashes of Object.values(first)) expect(hashes.length).toBeGreaterThan(3);
    expect(second).toEqual(first);
  },
);
