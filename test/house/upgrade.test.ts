import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ROOT, readText } from './repository.ts';

/** What is shipped, and belongs to the customer. */
const OWN_FILES = [
  'follow-ups.ts',
  'follow-ups.test.ts',
  'stages.ts',
  'infrastructure.ts',
  'handlers/persist-run.ts',
  'handlers/persist-run.test.ts',
];

const hasGit = spawnSync('git', ['--version']).status === 0;

/** A clone of a first release, set up as the page says, and a second release on the branch `release`. */
function prepare(change: (folder: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = { PATH: process.env.PATH, HOME: folder };
  const as = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  const git = (...args: string[]) =>
    execFileSync('git', [...as, ...args], { cwd: folder, env, stdio: 'pipe', encoding: 'utf8' });
  const commit = (by: string) => {
    git('add', '--all');
    git('commit', '-m', by);
  };
  const release = (name: string) => {
    for (const file of [...OWN_FILES, 'product.ts']) writeFileIn(folder, file, `of the ${name}\n`);
    commit(name);
  };
  const [onceMore = ''] = /^ *(git config merge.*)$/m.exec(readText('docs/upgrade.md')) ?? [];
  git('init', '-b', 'release');
  cpSync(join(ROOT, '.gitattributes'), join(folder, '.gitattributes'));
  release('first release');
  git('checkout', '-b', 'main');
  git(...onceMore.trim().split(' ').slice(1));
  change(folder);
  commit('customer');
  git('checkout', 'release');
  release('second release');
  git('checkout', 'main');
  return { folder, git, read: (file: string) => readFileSync(join(folder, file), 'utf8') };
}

function writeFileIn(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

describe.skipIf(!hasGit)('docs/upgrade.md', () => {
  it('a merge of a release keeps the files of the customer and takes those of the product', () => {
    const { git, read } = prepare((folder) => {
      for (const file of OWN_FILES) writeFileIn(folder, file, 'of the customer\n');
    });

    git('merge', 'release');

    expect(OWN_FILES.map(read)).toEqual(OWN_FILES.map(() => 'of the customer\n'));
    expect(read('product.ts')).toBe('of the second release\n');
  });

  it('a file that the customer has removed conflicts with a release that changes it, until it is removed again', () => {
    const removed = 'handlers/persist-run.ts';
    const { folder, git } = prepare((clone) => rmSync(join(clone, removed)));

    expect(() => git('merge', 'release')).toThrow();
    expect(git('diff', '--name-only', '--diff-filter=U').trim()).toBe(removed);
    git('rm', '-r', 'handlers/persist-run.ts');
    git('commit', '--no-edit');

    expect(existsSync(join(folder, removed))).toBe(false);
  });
});
