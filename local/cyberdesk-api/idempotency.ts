import { createHash } from 'node:crypto';
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

/** @param now epoch milliseconds */
export function createIdempotency(settings: Settings, now: () => number) {
  const entries = new Map<string, Entry>();
  const effects = new Map<string, number>();
  return {
    /** How many times work was done successfully, by key. */
    effects,
    /** Forgets a request: its key then has another effect. */
    forget({ headers }: Received): void {
      entries.delete(headers['idempotency-key'] ?? '');
    },
    /** Does the work once per key. A failure is not remembered, so that a retry may succeed. */
    async once(request: Received, work: () => Promise<Reply>): Promise<Reply> {
      const key = request.headers['idempotency-key'];
      if (key === undefined || request.method === 'GET') return work();
      const fingerprint = fingerprintOf(request);
      const known = entries.get(key);
      if (known && now() - known.at < settings.keyLifetimeMs) {
        if (known.fingerprint !== fingerprint && settings.changedBody === 'refuse') {
          return problem(422, 'Idempotency-Key was used with a different request');
        }
        return known.reply ?? problem(409, 'In progress', { 'idempotency-status': 'in_progress' });
      }
      const entry: Entry = { fingerprint, at: now() };
      entries.set(key, entry);
      try {
        const reply = await work();
        if (reply.status < 300) {
          entry.reply = reply;
          effects.set(key, (effects.get(key) ?? 0) + 1);
        }
        return reply;
      } finally {
        if (!entry.reply) entries.delete(key);
      }
    },
  };
}

const fingerprintOf = ({ method, path, body }: Received): string =>
  createHash('sha256').update(`${method} ${path}\n`).update(body).digest('hex');
