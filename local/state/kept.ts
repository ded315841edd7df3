import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { StateInUseError } from '../errors.ts';

/** SQLite's number for a database that another process has locked. */
const BUSY = 5;

/**
 * What a run keeps beside its tables: texts by kind and key, in the order in which the keys came. A write is there for the
 * next process as soon as it returns, however this one ends.
 */
export class Kept {
  readonly #db: DatabaseSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;

  /**
   * Opens a file for this process alone. The system holds the lock, so a process that crashes leaves none behind.
   * @throws StateInUseError when another process has it
   */
  constructor(file: string) {
    this.#db = new DatabaseSync(file);
    try {
      // Only a power failure needs more than NORMAL.
      this.#db.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;' +
          'CREATE TABLE IF NOT EXISTS kept (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key));' +
          'BEGIN EXCLUSIVE; COMMIT',
      );
    } catch (error) {
      this.#db.close();
      throw isBusy(error) ? new StateInUseError(dirname(file), { cause: error }) : error;
    }
    this.#put = this.#db.prepare(
      'INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    );
    this.#remove = this.#db.prepare('DELETE FROM kept WHERE kind = ? AND key = ?');
  }

  put(kind: string, key: string, value: string): void {
    this.#put.run(kind, key, value);
  }

  remove(kind: string, key: string): void {
    this.#remove.run(kind, key);
  }

  all(kind: string): [key: string, value: string][] {
    const rows = this.#db.prepare('SELECT key, value FROM kept WHERE kind = ? ORDER BY rowid').all(kind);
    return rows.map(({ key, value }) => [String(key), String(value)]);
  }

  /** Keeps all of what is written in the meantime, or nothing of it. */
  atomically<T>(work: () => T): T {
    this.#db.exec('BEGIN');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  clear(): void {
    this.#db.exec('DELETE FROM kept');
  }

  close(): void {
    this.#db.close();
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === BUSY;
