import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Assemblies that are not in use are kept for the next start, up to this many. */
const KEPT = 4;
/** The file by which a process says that it uses a folder: `used-by.<pid>.<number>`. */
const CLAIM = /^used-by\.(\d+)\./;
const LOCK = 'lock.db';
const LOCK_TIMEOUT_MS = 10_000;

let claims = 0;

/** A folder in use; it stays until it is released, or until its process has ended. */
export interface Claim {
  release(): void;
}

/**
 * Assemblies and bundles beside each other in one folder, shared by all runs of a clone. Whoever looks for one, or removes
 * one, is alone for that moment.
 */
export class KeptAssemblies {
  readonly #root: string;
  readonly #prefix: string;

  /** @param prefix how the names of its folders in `root` begin; `<prefix>lock.db` is its lock */
  constructor(root: string, prefix: string) {
    this.#root = root;
    this.#prefix = prefix;
  }

  /** Claims an assembly. @returns undefined if no assembly has that name */
  claim(name: string): Claim | undefined {
    return this.#alone(() => this.#claim(name));
  }

  /** Gives a finished draft its name, unless another run was faster, and claims what has the name now. */
  publish(draft: string, name: string): Claim {
    return this.#alone(() => {
      const found = this.#claim(name);
      if (found) return found;
      rmSync(join(this.#root, name), { recursive: true, force: true });
      renameSync(draft, join(this.#root, name));
      const claim = this.#claim(name);
      this.#removeOld();
      if (!claim) throw new Error(`${draft} holds no assembly`);
      return claim;
    });
  }

  #claim(name: string): Claim | undefined {
    const directory = join(this.#root, name);
    if (!existsSync(join(directory, 'manifest.json'))) return undefined;
    // Of processes that were killed.
    for (const file of readdirSync(directory).filter(isStale)) rmSync(join(directory, file), { force: true });
    claims += 1;
    const file = join(directory, `used-by.${process.pid}.${claims}`);
    writeFileSync(file, '');
    const now = new Date();
    utimesSync(directory, now, now);
    return { release: () => rmSync(file, { force: true }) };
  }

  #removeOld(): void {
    const unused = readdirSync(this.#root)
      .filter((name) => name.startsWith(this.#prefix) && !name.includes(LOCK))
      .map((name) => join(this.#root, name))
      .filter((directory) => !isUsed(directory))
      .map((directory) => ({ directory, time: statSync(directory).mtimeMs }))
      .sort((a, b) => b.time - a.time);
    for (const { directory } of unused.slice(KEPT)) rmSync(directory, { recursive: true, force: true });
  }

  /** The system releases the lock of a process that ends. The work may not wait, as its own process waits for the lock, too. */
  #alone<T>(work: () => T): T {
    const lock = new DatabaseSync(join(this.#root, `${this.#prefix}${LOCK}`), { timeout: LOCK_TIMEOUT_MS });
    try {
      lock.exec('BEGIN EXCLUSIVE');
      return work();
    } finally {
      lock.close();
    }
  }
}

const isUsed = (directory: string): boolean =>
  readdirSync(directory).some((file) => CLAIM.test(file) && !isStale(file));

/** Whether a file is the claim of a process that has ended. */
function isStale(file: string): boolean {
  const [, pid] = CLAIM.exec(file) ?? [];
  return pid !== undefined && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, but belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
