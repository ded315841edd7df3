import type { Secrets, System } from '../core/model/index.ts';
import { MINUTE } from '../core/model/index.ts';

const CACHE = 5 * MINUTE;

/** Cyberdesk's API key, cached; a refusal by the API drops it, so that the next call asks again. */
export class ApiKey {
  readonly #secretId: string;
  readonly #system: System;
  #known: { value: string; at: number } | undefined;

  constructor(secretId: string, system: System) {
    this.#secretId = secretId;
    this.#system = system;
  }

  /** Undefined while the secret holds no value. */
  async get(secrets: Secrets): Promise<string | undefined> {
    const now = this.#system.now();
    if (this.#known && now < this.#known.at + CACHE) return this.#known.value;
    const found = await secrets.get(this.#secretId);
    const value = found.kind === 'found' ? found.value.trim() : '';
    // What cannot be a header value is no key; to send it would throw.
    this.#known = /^[\x21-\x7e]+$/.test(value) ? { value, at: now } : undefined;
    return this.#known?.value;
  }

  forget(): void {
    this.#known = undefined;
  }
}
