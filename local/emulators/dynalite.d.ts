declare module 'dynalite' {
  import type { Server } from 'node:http';
  /** @param options milliseconds that tables stay in the state of being created, and so on */
  export default function dynalite(options?: {
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}
