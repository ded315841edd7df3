import { dirname, join, relative } from 'node:path';
import { BUNDLE_FILE, type Bundle, messageOf } from '../../lib/functions/build-options.ts';
import { loadBundleAside } from '../../lib/functions/load-bundle.ts';
import { describeFailure } from '../../lib/own-code.ts';
import { complaintOf, type Functions, titleOf } from '../sandbox/functions.ts';
import type { FunctionModel } from '../template/model.ts';
import { LiveBundle } from './live-bundle.ts';

/** What of a run can be replaced while it goes on. */
export interface Replaceable {
  readonly bundles: readonly Bundle[];
  readonly functions: readonly FunctionModel[];
  readonly sandboxes: Pick<Functions, 'replace' | 'codeOf'>;
}

export interface Surroundings {
  /** Absolute path of the project. */
  readonly root: string;
  /** Receives one line about each reload. */
  say(line: string): void;
}

export const STAYS = 'what ran before still runs';

/** The bundles of a run, each made anew when one of its sources is edited. */
export class LiveBundles {
  readonly #run: Replaceable;
  readonly #surroundings: Surroundings;
  readonly #bundles: readonly LiveBundle[];
  /** The last complaint about each bundle that cannot be made. */
  readonly #complaints = new Map<LiveBundle, string>();

  private constructor(run: Replaceable, surroundings: Surroundings, bundles: readonly LiveBundle[]) {
    this.#run = run;
    this.#surroundings = surroundings;
    this.#bundles = bundles;
  }

  /** Makes the functions of the run what their sources are now, and knows all of these from then on. */
  static async open(run: Replaceable, surroundings: Surroundings): Promise<LiveBundles> {
    // Functions may share a bundle.
    const different = new Map(run.bundles.map((bundle) => [bundle.asset, bundle]));
    const bundles = await Promise.all([...different.values()].map(LiveBundle.open));
    const live = new LiveBundles(run, surroundings, bundles);
    for (const bundle of bundles) await live.#update(bundle, performance.now(), bundle.main);
    return live;
  }

  /** Whether a bundle is made from this file. */
  uses(file: string): boolean {
    return this.#bundles.some(({ inputs }) => inputs.has(file));
  }

  /** Absolute paths of the folders that hold the sources. */
  get folders(): string[] {
    return this.#bundles.flatMap(({ inputs }) => [...inputs].map((input) => dirname(input)));
  }

  /** @param start when the files were edited, as `performance.now()` says */
  async takeUp(files: ReadonlySet<string>, start: number): Promise<void> {
    const [changed = ''] = files;
    const concerned = this.#bundles.filter((bundle) => bundle.concerns(files));
    for (const bundle of concerned) {
      await this.#update(bundle, start, [...files].find((one) => bundle.inputs.has(one)) ?? changed);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#bundles.map((bundle) => bundle.close()));
  }

  /** Makes the functions of a bundle run what its sources are now. */
  async #update(bundle: LiveBundle, start: number, changed: string): Promise<void> {
    const { root, say } = this.#surroundings;
    const { hasFailed } = bundle;
    const file = relative(root, changed);
    try {
      const directory = await bundle.rebuild();
      this.#complaints.delete(bundle);
      if (directory !== undefined) await this.#replace(bundle, directory, { file, start });
      else if (hasFailed) say(`${file}: is again what runs`);
    } catch (failure) {
      const complaint = messageOf(failure) ?? `${file}: ${String(failure)}`;
      // A file that may have been the cause, and was not, is not worth a line.
      if (complaint !== this.#complaints.get(bundle) || bundle.inputs.has(changed))
        say(`${complaint}; ${STAYS}`);
      this.#complaints.set(bundle, complaint);
    }
  }

  async #replace(
    bundle: LiveBundle,
    directory: string,
    { file, start }: { file: string; start: number },
  ): Promise<void> {
    const { functions, sandboxes } = this.#run;
    const { root, say } = this.#surroundings;
    for (const fn of functions.filter(({ codeDirectory }) => codeDirectory === bundle.asset)) {
      // As synthesis does it, which says the same.
      const problem = await loadBundleAside(join(directory, BUNDLE_FILE), fn.environment);
      if (problem) {
        say(`${describeFailure(problem, relative(root, bundle.main))}; ${STAYS}`);
        continue;
      }
      const failure = await sandboxes.replace(fn, directory);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      say(
        failure?.kind === 'failure'
          ? `${file}: ${complaintOf(fn, failure)}; ${STAYS}`
          : `${file}: live in ${titleOf(fn)} after ${seconds} s`,
      );
    }
    bundle.tidy(new Set(functions.map((fn) => sandboxes.codeOf(fn))));
  }
}
