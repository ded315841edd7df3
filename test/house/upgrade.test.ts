import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { OWN_FILES } from '../support/clone.ts';
import { ROOT, readText } from './repository.ts';

const hasGit = spawnSync('git', ['--version']).status === 0;

it.skipIf(!hasGit)(
  'a merge of a release keeps the files of the customer and takes those of the product',
  () => {
    // Prepare
    const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const env = { PATH: process.env.PATH, HOME: folder };
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
        cwd: folder,
        env,
      });
    const commit = (by: string, files: readonly string[]) => {
      for (const file of files) writeFileSync(join(folder, file), `of the ${by}\n`);
      git('add', '.');
      git('commit', '-m', by);
    };
    const [onceMore = ''] = /^ *(git config merge.*)$/m.exec(readText('docs/upgrade.md')) ?? [];
    git('init', '-b', 'release');
    cpSync(join(ROOT, '.gitattributes'), join(folder, '.gitattributes'));
    commit('first release', [...OWN_FILES, 'product.ts']);
    git('checkout', '-b', 'main');
    commit('customer', OWN_FILES);
    git('checkout', 'release');
    commit('second release', [...OWN_FILES, 'product.ts']);
    git('checkout', 'main');

    // Act
    git(...onceMore.trim().split(' ').slice(1));
    git('merge', 'release');

    // Assess
    const texts = [...OWN_FILES, 'product.ts'].map((file) => readFileSync(join(folder, file), 'utf8'));
    expect(texts).toEqual([...OWN_FILES.map(() => 'of the customer\n'), 'of the second release\n']);
  },
);
