import { Webhook } from 'svix';
import type { SecretLookup, Secrets, System } from '../model/index.ts';
import { SECOND } from '../model/index.ts';

/** Only this form is ever a key, whatever else stands in the secret (a placeholder, a note, JSON). */
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

/** Keys that verify now. `previous` counts only within its grace. */
export interface SigningKeys {
  current?: string;
  previous?: string;
}

export interface SigningSecretSettings {
  secretId: string;
  /** How long a fetched value is used without asking again, in milliseconds. */
  cache: number;
  /** How long after a rotation the previous secret still counts, in milliseconds. */
  previousGrace: number;
}

/** Least time between two fetches that a request caused: forged traffic must not drive Secrets Manager calls. */
const REFETCH_INTERVAL = 5 * SECOND;

/** Signing secrets of one sandbox, cached. A failed fetch keeps what is known. */
export class SigningSecretCache {
  readonly #settings: SigningSecretSettings;
  readonly #system: System;
  #known: { keys: SigningKeys; previousUntil: number; at: number } | undefined;
  #asked = Number.NEGATIVE_INFINITY;

  constructor(settings: SigningSecretSettings, system: System) {
    this.#settings = settings;
    this.#system = system;
  }

  /**
   * The keys to check with.
   *
   * @throws what the fetch threw, where nothing is known yet.
   */
  async keys(secrets: Secrets): Promise<SigningKeys> {
    const now = this.#system.now();
    const isFresh = this.#known !== undefined && now < this.#known.at + this.#settings.cache;
    // Without a current key every request would ask: those are held to the same interval as mismatches.
    const isSet = this.#known?.keys.current !== undefined;
    if (!isFresh || (!isSet && this.#mayAsk(now))) await this.#fetch(secrets, now);
    return this.#usable(now);
  }

  /** After a mismatch: asks again at most once per interval. Undefined where it may not, or nothing changed. */
  async refetched(secrets: Secrets): Promise<SigningKeys | undefined> {
    const now = this.#system.now();
    if (!this.#mayAsk(now)) return undefined;
    const before = this.#usable(now);
    await this.#fetch(secrets, now);
    const after = this.#usable(now);
    return before.current === after.current && before.previous === after.previous ? undefined : after;
  }

  /** Fetches that are due anyway do not count: a secret set right after a cold start must not wait. */
  #mayAsk(now: number): boolean {
    if (now < this.#asked + REFETCH_INTERVAL) return false;
    this.#asked = now;
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
      // A refusal says nothing about the key that is known: a policy in the making must not cost events.
      if (current.kind === 'denied' && this.#known?.keys.current !== undefined) {
        this.#known = { ...this.#known, at: now };
        return;
      }
      const keys = { ...keyed('current', current), ...keyed('previous', previous) };
      const rotatedAt = current.kind === 'found' ? current.createdAt : now;
      this.#known = { keys, previousUntil: rotatedAt + previousGrace, at: now };
    } catch (error) {
      if (!this.#known) throw error;
      // Asked again at the next mismatch or after another cache time, with the old values meanwhile.
      this.#known = { ...this.#known, at: now };
    }
  }
}

const keyed = (label: keyof SigningKeys, found: SecretLookup): SigningKeys =>
  found.kind === 'found' && isSigningSecret(found.value) ? { [label]: found.value } : {};
