import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

/** Editors write a file in several steps. */
const QUIET_MS = 30;

/** Watches folders, without those in them, and reports changes once nothing has changed for a moment. */
export class Watcher {
  readonly #onChange: (files: ReadonlySet<string>) => void;
  readonly #watched = new Map<string, FSWatcher>();
  #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param onChange receives absolute paths; some of them may be as they were */
  constructor(onChange: (files: ReadonlySet<string>) => void) {
    this.#onChange = onChange;
  }

  /** Watches exactly these folders from now on, unless it is closed; one that cannot be watched is left out. */
  watch(folders: ReadonlySet<string>): void {
    if (this.#isClosed) return;
    for (const [folder, watcher] of this.#watched) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watched.delete(folder);
    }
    for (const folder of folders) if (!this.#watched.has(folder)) this.#add(folder);
  }

  /** For good. */
  close(): void {
    clearTimeout(this.#timer);
    this.watch(new Set());
    this.#isClosed = true;
  }

  #add(folder: string): void {
    try {
      const watcher = watch(folder, (_event, name) => name !== null && this.#note(join(folder, name)));
      this.#watched.set(folder, watcher.on('error', () => watcher.close()).unref());
    } catch {
      // It may be gone by now.
    }
  }

  #note(file: string): void {
    this.#changed.add(file);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const files = this.#changed;
      this.#changed = new Set();
      this.#onChange(files);
    }, QUIET_MS);
  }
}
