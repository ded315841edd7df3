declare module 'dynalite' {
  import type { Server } from 'node:http';
  /**
   * @param options how many milliseconds tables stay in the states CREATING, DELETING and UPDATING; `path`: folder of a
   * LevelDB store, instead of memory
   */
  export default function dynalite(options?: {
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
    path?: string;
  }): Server;
}
