import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Bundle, messageOf } from '../../lib/functions/build-options.ts';
import { complaintOf, type Functions } from '../sandbox/functions.ts';
import { isInput, isOwnFolder, SYNTHESIZED } from '../template/inputs.ts';
import type { FunctionModel } from '../template/model.ts';
import { LiveBundle } from './live-bundle.ts';
import { Watcher } from './watcher.ts';

export interface ReloaderDeps {
  /** Absolute path of the project. */
  readonly root: string;
  readonly bundles: readonly Bundle[];
  readonly functions: readonly FunctionModel[];
  readonly sandboxes: Pick<Functions, 'replace'>;
  /** Receives one line about each reload. */
  say(line: string): void;
  /** Something has changed that only a synthesis takes up. @param file relative to the root */
  synthesize(file: string): Promise<void>;
}

/** Takes up edits while the functions run. */
export class Reloader {
  readonly #deps: ReloaderDeps;
  readonly #watcher = new Watcher((files) => this.#onChange(files));
  #bundles: LiveBundle[] = [];
  /** One change after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: ReloaderDeps) {
    this.#deps = deps;
  }

  /** Starts watching. Whatever was edited since the synthesis is taken up. */
  start(): Promise<void> {
    const started = this.#open();
    this.#last = started;
    this.#watch();
    return started;
  }

  async close(): Promise<void> {
    this.#watcher.close();
    await this.#last;
    await Promise.all(this.#bundles.map((bundle) => bundle.close()));
  }

  async #open(): Promise<void> {
    // Functions may share a bundle.
    const different = new Map(this.#deps.bundles.map((bundle) => [bundle.asset, bundle]));
    this.#bundles = await Promise.all([...different.values()].map(LiveBundle.open));
    for (const bundle of this.#bundles) await this.#update(bundle, performance.now(), bundle.main);
    this.#watch();
  }

  #onChange(files: ReadonlySet<string>): void {
    const start = performance.now();
    this.#last = this.#last.then(() => this.#takeUp(files, start));
  }

  async #takeUp(files: ReadonlySet<string>, start: number): Promise<void> {
    const { root, synthesize } = this.#deps;
    const concerned = this.#bundles.filter((bundle) => bundle.concerns(files));
    const [changed = ''] = files;
    for (const bundle of concerned) {
      await this.#update(bundle, start, [...files].find((one) => bundle.inputs.has(one)) ?? changed);
    }
    this.#watch();
    const known = new Set(this.#bundles.flatMap(({ inputs }) => [...inputs]));
    const other = [...files].find((file) => !known.has(file) && isInput(relative(root, file)));
    if (other !== undefined) await synthesize(relative(root, other));
  }

  /** Makes the functions of a bundle run what its sources are now. */
  async #update(bundle: LiveBundle, start: number, changed: string): Promise<void> {
    const { root, functions, sandboxes, say } = this.#deps;
    const { hasFailed } = bundle;
    const file = relative(root, changed);
    try {
      const directory = await bundle.rebuild();
      if (directory === undefined) {
        if (hasFailed) say(`${file}: is again what runs`);
        return;
      }
      for (const fn of functions.filter(({ codeDirectory }) => codeDirectory === bundle.asset)) {
        const failure = await sandboxes.replace(fn, directory);
        const seconds = ((performance.now() - start) / 1000).toFixed(1);
        if (failure?.kind === 'failure') say(`${file}: ${complaintOf(fn, failure)}; ${STAYS}`);
        else say(`${file}: live in the ${fn.label} after ${seconds} s`);
      }
    } catch (failure) {
      say(`${messageOf(failure) ?? `${file}: ${String(failure)}`}; ${STAYS}`);
    }
  }

  #watch(): void {
    const { root } = this.#deps;
    const ofBundles = this.#bundles.flatMap(({ inputs }) => [...inputs].map((input) => dirname(input)));
    const folders = [...SYNTHESIZED, 'lambda', ...ownFolders(root)];
    const others = folders.flatMap((folder) => foldersIn(join(root, folder)));
    this.#watcher.watch(new Set([root, ...ofBundles, ...others]));
  }
}

const STAYS = 'what ran before still runs';

const ownFolders = (root: string): string[] =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isOwnFolder(entry.name))
    .map(({ name }) => name);

/** A folder and all folders in it; none if it is missing. */
function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
    const inside = entries.filter((entry) => entry.isDirectory());
    return [folder, ...inside.map(({ parentPath, name }) => join(parentPath, name))];
  } catch {
    return [];
  }
}
