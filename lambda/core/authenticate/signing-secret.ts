import { Webhook } from 'svix';
import { SECOND, type SecretLookup, type Secrets, type System } from '../model/index.ts';

/** Only a value of this form is ever used as a key, whatever else the secret holds (a placeholder, a note, JSON). */
const FORM = /^whsec_[A-Za-z0-9+/]+={0,2}$/;

export function isSigningSecret(value: string): boolean {
  if (!FORM.test(value)) return false;
  try {
    new Webhook(value);
    return true;
  } catch {
    return false;
  }
}

/** The keys that are valid now. `previous` counts only within its grace period. */
export interface SigningKeys {
  current?: string;
  previous?: string;
}

export interface SigningSecretSettings {
  secretId: string;
  /** How long a fetched value is used before it is fetched again, in milliseconds. */
  cache: number;
  /** How long the previous secret remains valid after a rotation, in milliseconds. */
  previousGrace: number;
}

/** Minimum time between two fetches caused by requests: forged traffic must not drive Secrets Manager calls. */
const REFETCH_INTERVAL = 5 * SECOND;

/** The signing secrets of one sandbox, cached. A failed fetch keeps the known values. */
export class SigningSecretCache {
  readonly #settings: SigningSecretSettings;
  readonly #system: System;
  #known: { keys: SigningKeys; previousUntil: number; at: number } | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;

  constructor(settings: SigningSecretSettings, system: System) {
    this.#settings = settings;
    this.#system = system;
  }

  /**
   * The keys to check with.
   *
   * @throws the error of the fetch, if nothing is known yet.
   */
  async keys(secrets: Secrets): Promise<SigningKeys> {
    const now = this.#system.now();
    const isFresh = this.#known !== undefined && now < this.#known.at + this.#settings.cache;
    // Without a current key every request would fetch, so these fetches are limited like those after a mismatch.
    const isSet = this.#known?.keys.current !== undefined;
    if (!isFresh || (!isSet && this.#mayFetch(now))) await this.#fetch(secrets, now);
    return this.#usable(now);
  }

  /** After a mismatch: fetches again, at most once per interval. Undefined if it may not yet, or if nothing changed. */
  async refetched(secrets: Secrets): Promise<SigningKeys | undefined> {
    const now = this.#system.now();
    if (!this.#mayFetch(now)) return undefined;
    const before = this.#usable(now);
    await this.#fetch(secrets, now);
    const after = this.#usable(now);
    return before.current === after.current && before.previous === after.previous ? undefined : after;
  }

  /** Fetches that are due anyway do not count: a secret that is set right after a cold start must not wait. */
  #mayFetch(now: number): boolean {
    if (now < this.#fetchedAt + REFETCH_INTERVAL) return false;
    this.#fetchedAt = now;
    return true;
  }

  #usable(now: number): SigningKeys {
    const { keys, previousUntil } = this.#known ?? { keys: {}, previousUntil: 0 };
    if (now < previousUntil) return keys;
    return keys.current === undefined ? {} : { current: keys.current };
  }

  async #fetch(secrets: Secrets, now: number): Promise<void> {
    try {
      const { secretId, previousGrace } = this.#settings;
      const [current, previous] = await Promise.all([
        secrets.get(secretId, { stage: 'AWSCURRENT' }),
        secrets.get(secretId, { stage: 'AWSPREVIOUS' }),
      ]);
      // A refusal says nothing about the known key: a policy change in progress must not cost events.
      if (current.kind === 'denied' && this.#known?.keys.current !== undefined) {
        this.#known = { ...this.#known, at: now };
        return;
      }
      const keys = { ...keyed('current', current), ...keyed('previous', previous) };
      const rotatedAt = current.kind === 'found' ? current.createdAt : now;
      this.#known = { keys, previousUntil: rotatedAt + previousGrace, at: now };
    } catch (error) {
      if (!this.#known) throw error;
      // The old values stay in use until the next mismatch, or until they are due again.
      this.#known = { ...this.#known, at: now };
    }
  }
}

const keyed = (label: keyof SigningKeys, found: SecretLookup): SigningKeys =>
  found.kind === 'found' && isSigningSecret(found.value) ? { [label]: found.value } : {};
