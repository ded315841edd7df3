import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Applied } from './apply.ts';
import type { Judged, Verdict } from './judge.ts';

/** How far a reconcile has come. Ids, times and counts only. */
export interface Bookmark {
  since: number;
  until: number;
  /** What ended up to here has been compared by an earlier walk, epoch milliseconds. */
  comparedTo?: number;
  /** Runs created up to here have been compared, epoch milliseconds. */
  upTo: number;
  startedAt: number;
  counts: Partial<Record<Verdict, number>>;
  /** What is not `known`, and what was done about it: all of it before the bookmark was written. */
  open: (Judged & { applied?: Applied })[];
}

/** An older one is not gone on with: much has ended since. Milliseconds. */
const LASTS = 86_400_000;

const folder = (environment: NodeJS.ProcessEnv = process.env): string =>
  join(environment.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'cyberdesk-webhooks');

/** Where a reconcile that was cut off goes on: a small file per stack and question. */
export class Bookmarks {
  readonly #file: string;
  readonly #warn: (text: string) => void;
  #isOff = false;

  /**
   * @param question everything that makes two reconciles the same one
   * @param warn hears, once, that the folder cannot be written: the reconcile goes on, but cannot be resumed
   */
  constructor(question: readonly unknown[], directory = folder(), warn: (text: string) => void = () => {}) {
    this.#warn = warn;
    const name = createHash('sha256').update(JSON.stringify(question)).digest('hex').slice(0, 16);
    this.#file = join(directory, `reconcile-${name}.json`);
  }

  async read(now: number): Promise<Bookmark | undefined> {
    // One that could not be removed is not gone on with.
    if (this.#isOff) return undefined;
    try {
      const found = JSON.parse(await readFile(this.#file, 'utf8')) as Bookmark;
      return now - found.startedAt < LASTS && typeof found.upTo === 'number' ? found : undefined;
    } catch {
      return undefined;
    }
  }

  write(bookmark: Bookmark): Promise<void> {
    return this.#try(() => this.#replace(bookmark));
  }

  remove(): Promise<void> {
    return this.#try(() => rm(this.#file, { force: true }));
  }

  async #try(change: () => Promise<void>): Promise<void> {
    if (this.#isOff) return;
    try {
      await change();
    } catch (error) {
      this.#isOff = true;
      const { code, message } = error as NodeJS.ErrnoException;
      this.#warn(`${this.#file} cannot be written (${code ?? message}): cut off, this begins anew`);
    }
  }

  async #replace(bookmark: Bookmark): Promise<void> {
    await mkdir(join(this.#file, '..'), { recursive: true });
    // Whole or not at all: a half-written one would be read as none. Another reconcile may write its own meanwhile.
    const draft = `${this.#file}.${randomUUID()}.new`;
    await writeFile(draft, JSON.stringify(bookmark), { mode: 0o600 });
    await rename(draft, this.#file);
  }
}
