import { createHash } from 'node:crypto';
import type { Kept } from '../state/kept.ts';
import { KeptMap } from '../state/kept-map.ts';
import { problem, type Received, type Reply } from './call.ts';
import type { Settings } from './options.ts';

interface Entry {
  fingerprint: string;
  /** Absent while the first request is running. */
  reply?: Reply;
  /** Epoch milliseconds. */
  at: number;
}

export type Idempotency = ReturnType<typeof createIdempotency>;

/**
 * @param now epoch milliseconds
 * @param kept where keys are kept for the next process; undefined: nowhere
 */
export function createIdempotency(settings: Settings, now: () => number, kept: Kept | undefined) {
  const done = new KeptMap<Entry>(kept, 'idempotency-key');
  const running = new Map<string, Entry>();
  const effects = new KeptMap<number>(kept, 'effect');
  const atomically = <T>(work: () => T): T => (kept ? kept.atomically(work) : work());
  return {
    /** How many times work was done successfully, by key. */
    effects,
    /** Forgets a request: its key then has another effect. */
    forget({ headers }: Received): void {
      done.delete(headers['idempotency-key'] ?? '');
    },
    /**
     * Does the work once per key. A failure is not remembered, so that a retry may succeed. What the work changes is kept
     * together with the key.
     * @param prepare what comes before the work; a reply takes its place
     */
    async once(
      request: Received,
      prepare: () => Promise<Reply | undefined>,
      work: () => Reply,
    ): Promise<Reply> {
      const key = request.headers['idempotency-key'];
      if (key === undefined || request.method === 'GET') return (await prepare()) ?? atomically(work);
      const fingerprint = fingerprintOf(request);
      const known = running.get(key) ?? done.get(key);
      if (known && now() - known.at < settings.keyLifetimeMs) {
        if (known.fingerprint !== fingerprint && settings.changedBody === 'refuse') {
          return problem(422, 'Idempotency-Key was used with a different request');
        }
        return known.reply ?? problem(409, 'In progress', { 'idempotency-status': 'in_progress' });
      }
      const entry: Entry = { fingerprint, at: now() };
      running.set(key, entry);
      try {
        const decided = await prepare();
        return atomically(() => {
          const reply = decided ?? work();
          if (reply.status < 300) {
            done.set(key, { ...entry, reply });
            effects.set(key, (effects.get(key) ?? 0) + 1);
          }
          return reply;
        });
      } finally {
        if (running.get(key) === entry) running.delete(key);
      }
    },
  };
}

const fingerprintOf = ({ method, path, body }: Received): string =>
  createHash('sha256').update(`${method} ${path}\n`).update(body).digest('hex');
