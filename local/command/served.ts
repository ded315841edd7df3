import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mountConsole } from '../../ops/console/mount.ts';
import { OperatorError } from '../../ops/errors.ts';
import { healthOfStart } from '../control/starting.ts';
import { SynthError } from '../errors.ts';
import { HttpFront } from '../http/front.ts';
import { STAYS } from '../reload/live-bundles.ts';
import { Reloader, type Synthesis } from '../reload/reloader.ts';
import { type LocalOptions, type LocalRun, startLocal } from '../run.ts';
import { readBundles } from '../template/bundles.ts';
import { PROJECT_ROOT, type Synthesized, synthesize } from '../template/synth.ts';

export interface ServedOptions {
  readonly settings: LocalOptions & { readonly stage: string; readonly keep: { readonly folder: string } };
  /** Receives what is going on, line by line. */
  say(line: string): void;
  /** Receives each run when it is up. @param seconds since the process began, or since the edit that asked for the run */
  onStart(run: LocalRun, seconds: number): void;
}

const WAITS = 'the next edit is tried';

/** The run behind the port. An edit that needs a synthesis puts another in its place, and no edit ends it. */
export class Served {
  readonly #options: ServedOptions;
  readonly #front = new HttpFront(healthOfStart);
  readonly #reloader: Reloader;
  /** What runs, and the assembly that it runs. */
  #current: { run: LocalRun; made: Synthesized } | undefined;
  /** When the last edit was made that needs another run, as `performance.now()` says. */
  #since = 0;
  #isClosed = false;

  constructor(options: ServedOptions) {
    this.#options = options;
    const synthesize = (file: string, start: number) => this.#synthesize(file, start);
    this.#reloader = new Reloader({ root: PROJECT_ROOT, say: options.say, synthesize });
  }

  /**
   * Starts the first run. Edits are taken up from then on.
   * @throws OperatorError what the person who started it can fix, unless it is an edit that was made meanwhile
   */
  async start(fresh: boolean): Promise<void> {
    const { stage, keep } = this.#options.settings;
    const { say } = this.#options;
    await this.#reloader.start(async () => {
      try {
        const make = () => synthesize(PROJECT_ROOT, stage, { say });
        return (await this.#begin(make, { ...keep, fresh })).inputs;
      } catch (error) {
        if (!(error instanceof SynthError && error.edited)) throw error;
        say(`${describe(error)}; ${WAITS}`);
        return error.edited;
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#reloader.close();
    await this.#current?.run.stop();
    this.#current?.made.release();
    await this.#front.close();
  }

  async #begin(
    make: () => Promise<Synthesized>,
    keep: LocalOptions['keep'] = this.#options.settings.keep,
  ): Promise<Synthesized> {
    const { settings, say, onStart } = this.#options;
    const { promise, resolve } = Promise.withResolvers<Synthesized>();
    const assembly = async () => {
      const making = make();
      making.then(resolve, () => undefined);
      return making;
    };
    const run = await startLocal({ ...settings, keep, assembly, say }, this.#front);
    const made = await promise;
    run.use(mountConsole(run.url));
    this.#current = { run, made };
    onStart(run, (performance.now() - this.#since) / 1000);
    const { functions } = run.stack;
    await this.#reloader
      .attach({ bundles: readBundles(made.directory), functions, sandboxes: run.functions })
      .catch((error: Error) => say(`Edits of functions are not taken up: ${error.message}`));
    return made;
  }

  async #synthesize(file: string, start: number): Promise<Synthesis> {
    const { settings, say } = this.#options;
    this.#since = start;
    say(`${file}: has changed, so the app is synthesized again`);
    try {
      const made = await synthesize(PROJECT_ROOT, settings.stage, { say, isSaid: true });
      if (this.#isClosed || (await this.#isWhatRuns(made))) {
        made.release();
        if (!this.#isClosed) say('The synthesis is the same');
      } else await this.#replace(made);
      return { hasFailed: false, inputs: made.inputs };
    } catch (error) {
      say(`${describe(error)}; ${this.#current ? STAYS : WAITS}`);
      return { hasFailed: true, inputs: error instanceof SynthError ? error.edited : undefined };
    }
  }

  /** Whether another run would be the same; templates name the bundles by their content. */
  async #isWhatRuns({ directory }: Synthesized): Promise<boolean> {
    if (!this.#current) return false;
    const { templateFile } = this.#current.run.stack;
    const read = (file: string) => readFile(file, 'utf8').catch(() => undefined);
    return (await read(templateFile)) === (await read(join(directory, basename(templateFile))));
  }

  /** Requests wait, what runs ends, and another run begins; or, if it does not start, the one before. */
  async #replace(made: Synthesized): Promise<void> {
    const { say } = this.#options;
    const before = await this.#end();
    for (const next of before ? [made, before] : [made]) {
      try {
        await this.#begin(async () => next);
        if (next === made) before?.release();
        return;
      } catch (error) {
        next.release();
        say(`${describe(error)}; ${next === made && before ? 'what ran before is started again' : WAITS}`);
      }
    }
  }

  /** Ends what runs. @returns its assembly, still in use */
  async #end(): Promise<Synthesized | undefined> {
    const ending = this.#current;
    this.#current = undefined;
    await this.#front.hold();
    await ending?.run.drain();
    await this.#reloader.detach();
    await ending?.run.stop();
    return ending?.made;
  }
}

const describe = (error: unknown): string =>
  error instanceof OperatorError ? error.message : ((error as Error).stack ?? String(error));
