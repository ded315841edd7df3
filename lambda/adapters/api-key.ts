import type { Chance, Secrets } from '../core/ports.ts';
import { MINUTE } from '../core/timing.ts';

const CACHE = 5 * MINUTE;

/** Cyberdesk's API key, cached; a refusal by the API drops it, so that the next call asks again. */
export class ApiKey {
  readonly #secretId: string;
  readonly #chance: Chance;
  #known: { value: string; at: number } | undefined;

  constructor(secretId: string, chance: Chance) {
    this.#secretId = secretId;
    this.#chance = chance;
  }

  /** Undefined while the secret holds no value. */
  async get(secrets: Secrets): Promise<string | undefined> {
    const now = this.#chance.now();
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
