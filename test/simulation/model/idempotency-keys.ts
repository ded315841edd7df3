import { createHash } from 'node:crypto';
import { SECOND } from '../../../lambda/core/model/time.ts';

export type Answer<T> =
  | { status: 200 | 201; value: T }
  | { status: number; inProgress?: boolean; retryAfterMs?: number; isJson?: boolean };

export interface StartedRuns {
  runIds: string[];
  sessionId?: string;
}

interface KeyRecord {
  body: string;
  value: StartedRuns;
  readyAt: number;
  expires: number;
}

export interface KeySettings {
  /** How long a key is remembered, in milliseconds. */
  keyLife: number;
  random(): number;
  now(): number;
}

/** Remembers the answers to writes by their idempotency keys. */
export class IdempotencyKeys {
  readonly #settings: KeySettings;
  readonly #onOtherBody: (key: string) => void;
  readonly #records = new Map<string, KeyRecord>();
  /** Every body that was ever sent with a key, remembered for longer than the API does. */
  readonly #bodies = new Map<string, string>();

  constructor(settings: KeySettings, onOtherBody: (key: string) => void) {
    this.#settings = settings;
    this.#onOtherBody = onOtherBody;
  }

  /** Answers as before if the key is known, and else by `effect`. */
  once(key: string, body: string, effect: () => Answer<StartedRuns>): Answer<StartedRuns> {
    const now = this.#settings.now();
    const hash = createHash('sha1').update(body).digest('base64');
    const sent = this.#bodies.get(key);
    if (sent !== undefined && sent !== hash) this.#onOtherBody(key);
    this.#bodies.set(key, hash);
    const record = this.#records.get(key);
    if (record && now < record.expires) {
      if (record.body !== hash) return { status: 409 };
      if (now < record.readyAt) return { status: 409, inProgress: true };
      return { status: 201, value: record.value };
    }
    const answer = effect();
    if (!('value' in answer)) return answer;
    const readyAt = now + this.#settings.random() ** 4 * 8 * SECOND;
    const { value } = answer;
    this.#records.set(key, { body: hash, value, readyAt, expires: now + this.#settings.keyLife });
    return answer;
  }
}
