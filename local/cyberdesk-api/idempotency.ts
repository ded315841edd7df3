import { createHash } from 'node:crypto';
import { problem, type Received, type Reply } from './call.ts';

export interface IdempotencyOptions {
  /** How long a key is remembered, milliseconds. Cyberdesk does not document it. @default 24 hours */
  keyLifetimeMs: number;
  /** The answer to a known key with a different body. Cyberdesk does not document it. @default refuse, with 422 */
  changedBody: 'refuse' | 'replay';
}

interface Entry {
  fingerprint: string;
  /** Absent while the first request is running. */
  reply?: Reply;
  /** Epoch milliseconds. */
  at: number;
}

export interface Idempotency {
  /** Does the work once per key. A failure is not remembered, so that a retry may succeed. */
  once(request: Received, work: () => Promise<Reply>): Promise<Reply>;
  /** How many times work was done successfully, by key. */
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
