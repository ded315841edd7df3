import { MINUTE, type Secrets, type System } from '../core/model/index.ts';
import { apiKeyFault } from '../cyberdesk/api-key-form.ts';

const CACHE = 5 * MINUTE;

/** Cyberdesk's API key, cached for five minutes, or until the API refuses it. */
export class ApiKey {
  readonly #secretId: string;
  readonly #system: System;
  #cached: { value: string; at: number } | undefined;

  constructor(secretId: string, system: System) {
    this.#secretId = secretId;
    this.#system = system;
  }

  /** Undefined while the secret has no usable value. Rejects when it cannot be read. */
  async get(secrets: Secrets): Promise<string | undefined> {
    const now = this.#system.now();
    if (this.#cached && now < this.#cached.at + CACHE) return this.#cached.value;
    const found = await secrets.get(this.#secretId);
    const value = found.kind === 'found' ? found.value.trim() : '';
    this.#cached = apiKeyFault(value) === undefined ? { value, at: now } : undefined;
    return this.#cached?.value;
  }

  /** Makes the next `get` read the secret again. */
  forget(): void {
    this.#cached = undefined;
  }
}
