import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { aliasesOf, COMMON_JS } from '../../lib/functions/build-options.ts';
import { codePath } from '../../lib/paths.ts';
import { BadArgumentError, NotReachableError } from '../errors.ts';
import { requireLibrary } from '../types/library.ts';
import { RulesUnusableError } from './asker.ts';
import { unzip } from './unzip.ts';

/** Where a release has what rules are bundled with, from the root of its code. */
const ENTRY = 'lambda/processor/rehearsal';

/** Temporary files of one comparison. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'cyberdesk-rules-'));
  #made = 0;

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * Bundles a rules file with this release, or with the sources beside it.
   *
   * @param root Folder of the sources, if not this release's.
   * @throws RulesUnusableError
   */
  async bundle(what: string, rules: string, root?: string): Promise<string> {
    if (!existsSync(rules))
      throw new BadArgumentError(`${what} do not exist (${relative(process.cwd(), rules)})`, {
        next: 'name the file with --rules',
      });
    const pathOf = sourcesIn(root);
    const entry = pathOf(ENTRY);
    if (!existsSync(entry))
      throw new RulesUnusableError(`${what} are of a release that cannot be asked again`, {
        next: 'give a later commit as --base',
      });
    const { build } = await requireLibrary('esbuild');
    const outfile = this.#file();
    await build({
      entryPoints: [entry],
      alias: aliasesOf({ entry, rules }, pathOf),
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      mainFields: ['module', 'main'],
      banner: { js: COMMON_JS },
      logLevel: 'silent',
    }).catch((failure: { errors?: { text: string; location?: { file: string; line: number } | null }[] }) => {
      const { text = 'esbuild failed', location } = failure.errors?.[0] ?? {};
      const place = location ? `${location.file}:${location.line}: ` : '';
      throw new RulesUnusableError(`${what} cannot be bundled`, { next: `${place}${text}`, cause: failure });
    });
    return outfile;
  }

  /** The bundle in a function's code. @throws NotReachableError */
  async download(url: string): Promise<string> {
    const response = await fetch(url).catch((cause: unknown) => {
      throw new NotReachableError('the deployed code cannot be downloaded', { next: 'try again', cause });
    });
    const code = response.ok ? unzip(Buffer.from(await response.arrayBuffer()), 'index.mjs') : undefined;
    if (code === undefined)
      throw new NotReachableError(`the deployed code cannot be read (HTTP ${response.status})`, {
        next: 'try again, or compare with a commit: --base <git ref>',
      });
    const file = this.#file();
    writeFileSync(file, code);
    return file;
  }

  #file(): string {
    this.#made += 1;
    return join(this.folder, `rules-${this.#made}.mjs`);
  }
}

/** The sources of a clone; without any, the rules are of an app that uses the package, which is this release. */
function sourcesIn(root: string | undefined): (name: string) => string {
  if (root === undefined || !existsSync(join(root, 'lambda', 'rules', 'index.ts'))) return codePath;
  return (name) => join(root, `${name}.ts`);
}
