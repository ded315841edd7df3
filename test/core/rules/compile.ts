import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

const TSCONFIG = {
  extends: join(ROOT, 'tsconfig.json'),
  compilerOptions: {
    // The names that an app imports from the npm package.
    paths: { 'cyberdesk-webhooks/*': [join(ROOT, 'lambda/*/index.ts')] },
    types: ['node'],
  },
  include: ['*.ts'],
};

/**
 * Compiles files that import the package by its name.
 *
 * @param more A `node_modules` in which they find what is not in ours.
 * @returns The errors that the compiler finds in each file, without their places.
 */
export function compile(files: Readonly<Record<string, string>>, more?: string): Record<string, string[]> {
  const above = mkdtempSync(join(tmpdir(), 'compiled-rules-'));
  const folder = join(above, 'app');
  try {
    mkdirSync(folder);
    if (more !== undefined) symlinkSync(more, join(above, 'node_modules'), 'junction');
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '--project', folder], {
      cwd: folder,
      encoding: 'utf8',
    });
    const found = [...stdout.matchAll(/^(\S+?)\(\d+,\d+\): error (.*(?:\n .*)*)/gm)];
    const said = Object.fromEntries(Object.keys(files).map((name): [string, string[]] => [name, []]));
    for (const [, name = '', text = ''] of found) said[name] = [...(said[name] ?? []), text];
    return said;
  } finally {
    rmSync(above, { recursive: true, force: true });
  }
}
