import { MINUTE, SECOND, type Secrets, type System } from '../core/model/index.ts';
import { apiKeyFault } from '../cyberdesk/api-key-form.ts';

const CACHE = 5 * MINUTE;
/** Time after which a failed read is tried again, counted from the failure, which may have taken long. */
const RETRY = 30 * SECOND;
/** Milliseconds for reading a key again that is known: the time is that of the call which needs the key. */
const READ_AGAIN = 2 * SECOND;

/**
 * Cyberdesk's API key, cached for five minutes, or until the API refuses a call. A key that cannot be read again stays in use: a
 * refusal may be about one request, and one that has been revoked is refused again.
 */
export class ApiKey {
  readonly #secretId: string;
  readonly #system: System;
  /** The value, and when it is read again, in epoch milliseconds. */
  #cached: { value: string; due: number } | undefined;

  constructor(secretId: string, system: System) {
    this.#secretId = secretId;
    this.#system = system;
  }

  /** Undefined while the secret has no usable value. Rejects when it cannot be read and no value is known. */
  async get(secrets: Secrets): Promise<string | undefined> {
    const now = this.#system.now();
    if (this.#cached && now < this.#cached.due) return this.#cached.value;
    try {
      const limit = this.#cached && { until: now + READ_AGAIN };
      const found = await secrets.get(this.#secretId, undefined, limit);
      const value = found.kind === 'found' ? found.value.trim() : '';
      this.#cached = apiKeyFault(value) === undefined ? { value, due: now + CACHE } : undefined;
    } catch (error) {
      if (this.#cached === undefined) throw error;
      this.#cached.due = this.#system.now() + RETRY;
    }
    return this.#cached?.value;
  }

  /** Makes the next `get` read the secret again. */
  readAgain(): void {
    if (this.#cached) this.#cached.due = 0;
  }
}
