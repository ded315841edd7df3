import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { BuildContext, OutputFile } from 'esbuild';
import { BUNDLE_FILE, type Bundle, buildOptionsOf } from '../../lib/functions/build-options.ts';

let count = 0;

/** A bundle that is made anew from its sources, as synthesis makes it. */
export class LiveBundle {
  /** Absolute path of the folder that it was synthesized to. */
  readonly asset: string;
  /** Absolute path of the file that is most likely to be edited. */
  readonly main: string;
  readonly #context: BuildContext<{ write: false; metafile: true }>;
  /** Absolute paths of its sources, without packages; those of the last build that worked. */
  #inputs: ReadonlySet<string> = new Set();
  #hasFailed = false;
  #live: Buffer;
  /** Folders that it was written to. */
  #folders: string[] = [];

  private constructor(
    { asset, rules, entry }: Bundle,
    context: BuildContext<{ write: false; metafile: true }>,
  ) {
    this.asset = asset;
    this.main = rules ?? entry;
    this.#context = context;
    this.#live = readFileSync(join(asset, BUNDLE_FILE));
  }

  static async open(bundle: Bundle): Promise<LiveBundle> {
    const { context } = await import('esbuild');
    const made = await context({
      ...buildOptionsOf(bundle),
      // Where it would be beside the synthesized one: the source map has relative paths.
      outfile: join(dirname(bundle.asset), 'bundle', BUNDLE_FILE),
      write: false,
      metafile: true,
    });
    return new LiveBundle(bundle, made);
  }

  get inputs(): ReadonlySet<string> {
    return this.#inputs;
  }

  /** Whether the last build failed. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** After a failure the cause may be in any file, also in one that was not there. */
  concerns(files: ReadonlySet<string>): boolean {
    return this.#hasFailed || [...files].some((file) => this.#inputs.has(file));
  }

  /**
   * Builds it again.
   * @returns the folder of the new bundle; undefined when it is the same as the last one
   * @throws esbuild's BuildFailure
   */
  async rebuild(): Promise<string | undefined> {
    this.#hasFailed = true;
    const { metafile, outputFiles } = await this.#context.rebuild();
    this.#hasFailed = false;
    const inputs = Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules/'));
    this.#inputs = new Set(inputs.map((path) => resolve(path)));
    const code = outputFiles.find(({ path }) => path.endsWith(BUNDLE_FILE));
    if (code === undefined || this.#live.equals(code.contents)) return undefined;
    this.#live = Buffer.from(code.contents);
    return this.#write(outputFiles);
  }

  /**
   * Removes the folders that no one needs any more. An invocation that goes on may need the one before for a stack trace.
   * @param inUse folders that functions run from: an edit that could not be loaded is newer than these
   */
  tidy(inUse: ReadonlySet<string>): void {
    const isKept = (folder: string) =>
      inUse.has(folder) || this.#folders.indexOf(folder) >= this.#folders.length - 2;
    for (const old of this.#folders.filter((folder) => !isKept(folder)))
      rmSync(old, { recursive: true, force: true });
    this.#folders = this.#folders.filter(isKept);
  }

  async close(): Promise<void> {
    await this.#context.dispose();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }

  #write(files: readonly OutputFile[]): string {
    count += 1;
    const folder = join(dirname(this.asset), `bundle.${process.pid}.${count}`);
    mkdirSync(folder);
    for (const { path, contents } of files) writeFileSync(join(folder, basename(path)), contents);
    this.#folders.push(folder);
    return folder;
  }
}
