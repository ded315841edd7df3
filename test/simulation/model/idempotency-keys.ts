import { SECOND } from '../../../lambda/core/model/time.ts';

/** The answer to a write: the runs that it started, or why it did not. */
export type Written =
  | { status: 200 | 201; runIds: string[]; sessionId?: string }
  | { status: number; inProgress?: boolean };

interface KeyRecord {
  body: string;
  answer: Written;
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
  once(key: string, body: string, effect: () => Written): Written {
    const now = this.#settings.now();
    const sent = this.#bodies.get(key);
    if (sent !== undefined && sent !== body) this.#onOtherBody(key);
    this.#bodies.set(key, body);
    const record = this.#records.get(key);
    if (record && now < record.expires) {
      if (record.body !== body) return { status: 409 };
      if (now < record.readyAt) return { status: 409, inProgress: true };
      return record.answer;
    }
    const answer = effect();
    if (!('runIds' in answer)) return answer;
    const readyAt = now + this.#settings.random() ** 4 * 8 * SECOND;
    this.#records.set(key, { body, answer, readyAt, expires: now + this.#settings.keyLife });
    return answer;
  }
}
