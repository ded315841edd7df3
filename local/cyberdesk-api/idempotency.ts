import { createHash } from 'node:crypto';
import { problem, type Received, type Reply } from './call.ts';

export interface IdempotencyOptions {
  /** How long a key is remembered, in milliseconds. Cyberdesk does not say. Default 24 h. */
  keyLifetimeMs: number;
  /** What a known key with another body gets. Cyberdesk does not say. Default `refuse`, with 422. */
  changedBody: 'refuse' | 'replay';
}

interface Entry {
  fingerprint: string;
  /** Absent while the first request runs. */
  reply?: Reply;
  /** Epoch milliseconds. */
  at: number;
}

export interface Idempotency {
  /** Runs the work once per key. A failure is not remembered, so that its repeat may succeed. */
  once(request: Received, work: () => Promise<Reply>): Promise<Reply>;
  /** How often work that succeeded was done, by key. */
  readonly effects: ReadonlyMap<string, number>;
}

export function createIdempotency(options: IdempotencyOptions, now: () => number): Idempotency {
  const entries = new Map<string, Entry>();
  const effects = new Map<string, number>();
  return {
    effects,
    async once(request, work) {
      const key = request.headers['idempotency-key'];
      if (key === undefined || request.method === 'GET') return work();
      const fingerprint = fingerprintOf(request);
      const known = entries.get(key);
      if (known && now() - known.at < options.keyLifetimeMs) {
        if (known.fingerprint !== fingerprint && options.changedBody === 'refuse') {
          return problem(422, 'Idempotency-Key was used with another request');
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
        } else {
          entries.delete(key);
        }
        return reply;
      } catch (error) {
        entries.delete(key);
        throw error;
      }
    },
  };
}

const fingerprintOf = ({ method, path, body }: Received): string =>
  createHash('sha256').update(`${method} ${path}\n`).update(body).digest('hex');
