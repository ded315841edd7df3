import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

/** Fixtures: the files of foreign apps. */
export const APPS = join(import.meta.dirname, 'apps');

const ROOT = resolve(import.meta.dirname, '../..');

/** What a command wrote, to both streams, and how it ended. */
export interface Ended {
  readonly output: string;
  readonly status: number | null;
}

/** Runs a command to its end, without a shell. */
export function run(command: string, args: readonly string[], options: SpawnSyncOptions = {}): Ended {
  const { stdout, stderr, status, error } = spawnSync(command, args, { ...options, encoding: 'utf8' });
  return { output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trim(), status };
}

/** The same for a command that only prepares something. */
export function mustRun(command: string, args: readonly string[], cwd: string): string {
  const { output, status } = run(command, args, { cwd });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${output}`);
  return output;
}

/** An empty folder outside of this repository. */
export const makeFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'cyberdesk-foreign-')));

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Paths of all files of a folder, from that folder. */
export const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

/** Packs what would be published into a folder, and returns the path of the tarball. */
export function pack(folder: string): string {
  const output = mustRun('npm', ['pack', '--json', '--pack-destination', folder], ROOT);
  // What the build prints comes first.
  const [{ filename }] = JSON.parse(/^\[\n[\s\S]*^\]$/m.exec(output)?.[0] ?? '');
  return join(folder, filename);
}

/** Installs packages as a customer does, but quietly, from the cache if it can, and without running their scripts. */
export const install = (folder: string, packages: readonly string[] = []): string =>
  mustRun(
    'npm',
    [
      'install',
      '--save-exact',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      ...packages,
    ],
    folder,
  );
