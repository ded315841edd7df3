import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, relative, resolve } from 'node:path';
import { BadArgumentError, NotReachableError } from '../errors.ts';
import { requireLibrary } from '../types/library.ts';
import { RulesUnusableError } from './asker.ts';
import { unzip } from './unzip.ts';

/** Where a release has what rules are bundled with, from the root of its code. */
const ENTRY = join('lambda', 'processor', 'rehearsal');

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
    const entry = entryOf(root);
    if (!existsSync(entry))
      throw new RulesUnusableError(`${what} are of a release that cannot be asked again`, {
        next: 'give a later commit as --base',
      });
    const { build } = await requireLibrary('esbuild');
    const outfile = this.#file();
    await build({
      entryPoints: [entry],
      alias: { '#follow-ups': rules },
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
function entryOf(root: string | undefined): string {
  const extension = extname(import.meta.filename);
  const own = resolve(import.meta.dirname, '../..', ENTRY + extension);
  if (root === undefined || !existsSync(join(root, 'lambda', 'rules', 'index.ts'))) return own;
  return join(root, `${ENTRY}.ts`);
}

/** As in the bundle that is deployed: CommonJS packages need these. */
const COMMON_JS =
  "import { createRequire as requireOfBundle } from 'node:module';" +
  'const require = requireOfBundle(import.meta.url);' +
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;';
