import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { BadArgumentError } from '../errors.ts';

/**
 * Copies the files of a commit, and links the packages that are installed now. Nothing is written to the repository.
 *
 * @param folder A folder of a git repository.
 * @param target Where the copy goes.
 * @returns that folder as it was
 * @throws BadArgumentError
 */
export function checkOut(ref: string, folder: string, target: string): string {
  const root = mkdtempSync(join(target, 'base-'));
  const archive = join(target, 'base.tar');
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const top = git('rev-parse', '--show-toplevel');
    const prefix = git('rev-parse', '--show-prefix');
    // A ref that begins with "-" would be an option.
    const commit = git('rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`);
    git('-C', top, 'archive', '--format=tar', `--output=${archive}`, commit);
    execFileSync('tar', ['-xf', archive, '-C', root], { stdio: 'ignore' });
    linkModules(top, prefix, root);
    return join(root, prefix);
  } catch (cause) {
    throw new BadArgumentError(`git cannot read the commit "${ref}"`, {
      next: 'give one that this clone has; in CI, check out the history, too (fetch-depth: 0)',
      cause,
    });
  }
}

/** Links the packages of a folder and of those around it, as in a repository with several apps. */
function linkModules(from: string, prefix: string, to: string): void {
  const folders = prefix.split('/').filter(Boolean);
  for (let depth = 0; depth <= folders.length; depth += 1) {
    const place = join(...folders.slice(0, depth), 'node_modules');
    if (existsSync(join(from, place)) && !existsSync(join(to, place)))
      symlinkSync(join(from, place), join(to, place), 'junction');
  }
}
