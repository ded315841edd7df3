import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DAY } from '../../lambda/core/model/index.ts';
import { codeOf } from '../stage/faults.ts';
import type { Applied } from './apply.ts';
import type { Judged, Verdict } from './judge.ts';

/** A run that is not `known`, and what was done about it before the bookmark was written. */
export type OpenRun = Judged & { applied?: Applied };

/** How far a reconcile has got. Ids, times and counts only. */
export interface Bookmark {
  since: number;
  until: number;
  /** Runs that ended up to here were compared by an earlier walk, epoch milliseconds. */
  comparedTo?: number;
  /** Runs created up to here have been compared, epoch milliseconds. */
  upTo: number;
  startedAt: number;
  counts: Partial<Record<Verdict, number>>;
  open: OpenRun[];
}

/** An older one is not resumed: too much has ended since. Milliseconds. */
const LASTS = DAY;

const folder = (environment: NodeJS.ProcessEnv = process.env): string =>
  join(environment.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'cyberdesk-webhooks');

/** Where an interrupted reconcile continues: a small file per stack and question. */
export class Bookmarks {
  readonly #directory: string;
  readonly #file: string;
  readonly #warn: (text: string) => void;
  #isOff = false;

  /**
   * @param question everything that identifies a reconcile
   * @param warn called once if the folder cannot be written: the reconcile goes ahead, but cannot be resumed
   */
  constructor(question: readonly unknown[], directory = folder(), warn: (text: string) => void = () => {}) {
    this.#warn = warn;
    this.#directory = directory;
    const name = createHash('sha256').update(JSON.stringify(question)).digest('hex').slice(0, 16);
    this.#file = join(directory, `reconcile-${name}.json`);
  }

  async read(now: number): Promise<Bookmark | undefined> {
    // A bookmark that could not be removed must not be resumed.
    if (this.#isOff) return undefined;
    try {
      const found: Bookmark = JSON.parse(await readFile(this.#file, 'utf8'));
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
      const why = codeOf(error) ?? (error instanceof Error ? error.message : 'unknown error');
      this.#warn(`${this.#file} cannot be written (${why}): if this is interrupted, it starts over`);
    }
  }

  async #replace(bookmark: Bookmark): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    // Replaced as a whole, as a partial file would be ignored. Another reconcile may write its own at the same time.
    const draft = `${this.#file}.${randomUUID()}.new`;
    await writeFile(draft, JSON.stringify(bookmark), { mode: 0o600 });
    await rename(draft, this.#file);
  }
}
