import { join, relative } from 'node:path';
import { changedBetween, foldersOfInputs, type Inputs, mayMatter, readInputs } from '../template/inputs.ts';
import { LiveBundles, type Replaceable, type Surroundings } from './live-bundles.ts';
import { Watcher } from './watcher.ts';

export interface ReloaderDeps extends Surroundings {
  /**
   * Something has changed that only a synthesis takes up. It may put another run in the place of the one that is attached.
   * Changes wait until it resolves.
   *
   * @param file relative to the root
   * @param start when it was edited, as `performance.now()` says
   */
  synthesize(file: string, start: number): Promise<Synthesis>;
}

/** How a synthesis has ended. */
export interface Synthesis {
  /** The app cannot be synthesized. */
  readonly hasFailed: boolean;
  /** What was tried, if it is known. */
  readonly inputs?: Inputs | undefined;
}

/** Takes up edits, one after the other, for as long as it is open: while a run goes on, and while none does. */
export class Reloader {
  readonly #deps: ReloaderDeps;
  readonly #watcher = new Watcher((files) => this.#queue(files));
  #live: LiveBundles | undefined;
  /** Inputs of a synthesis as they were when last looked at. */
  #seen: Inputs = new Map();
  /** The last synthesis has failed. What it needs may be in any file: rules may lack what the stages have by now. */
  #isBehind = false;
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: ReloaderDeps) {
    this.#deps = deps;
  }

  /**
   * Watches from now on, and takes up edits once the first run has begun, those since its synthesis included.
   * @param begin resolves to what has been synthesized
   * @throws what `begin` throws; no edit is taken up then
   */
  async start(begin: () => Promise<Inputs>): Promise<void> {
    const begun = this.#watch().then(begin);
    this.#last = begun.then(
      (seen) => {
        this.#seen = seen;
      },
      () => {
        this.#isClosed = true;
      },
    );
    void this.#queue(new Set());
    await begun;
  }

  /** Edits of the sources of this run's bundles are taken up without a synthesis. */
  async attach(run: Replaceable): Promise<void> {
    this.#live = await LiveBundles.open(run, this.#deps);
  }

  /** From now on, everything is synthesized. */
  async detach(): Promise<void> {
    const live = this.#live;
    this.#live = undefined;
    await live?.close();
  }

  /** What has begun ends; what waits is not begun. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watcher.close();
    await this.#last;
    await this.detach();
  }

  #queue(files: ReadonlySet<string>): Promise<void> {
    const start = performance.now();
    this.#last = this.#last
      .then(() => this.#takeUp(files, start))
      .catch((error: unknown) => this.#deps.say(`The last edit is not taken up: ${String(error)}`));
    return this.#last;
  }

  async #takeUp(files: ReadonlySet<string>, start: number): Promise<void> {
    const { root } = this.#deps;
    const edited = [...files].filter((file) => this.#uses(file) || mayMatter(relative(root, file)));
    if (this.#isClosed || (files.size > 0 && edited.length === 0)) return;
    const wasBehind = this.#isBehind;
    // What would say that the edit does not fit is what still runs: it comes after another try to replace it.
    if (!wasBehind) await this.#live?.takeUp(new Set(edited), start);
    // Before they are read, so that no edit falls between.
    await this.#watch();
    const now = await readInputs(root);
    const changed = changedBetween(this.#seen, now);
    const other = changed.find((path) => wasBehind || !this.#uses(join(root, path)));
    this.#seen = now;
    if (other !== undefined && !this.#isClosed) await this.#synthesize(other, start);
    // Whatever runs by now.
    if (wasBehind) await this.#live?.takeUp(new Set(edited), start);
    await this.#watch();
  }

  async #synthesize(file: string, start: number): Promise<void> {
    // Also if it throws.
    this.#isBehind = true;
    const { hasFailed, inputs } = await this.#deps.synthesize(file, start);
    this.#isBehind = hasFailed;
    this.#seen = inputs ?? this.#seen;
  }

  #uses(file: string): boolean {
    return this.#live?.uses(file) ?? false;
  }

  async #watch(): Promise<void> {
    const { root } = this.#deps;
    this.#watcher.watch(new Set([root, ...(this.#live?.folders ?? []), ...(await foldersOfInputs(root))]));
  }
}
