import {
  CURRENT_VERSION,
  PREVIOUS_VERSION,
  SECOND,
  type SecretLookup,
  type Secrets,
  type System,
} from '../model/index.ts';
import { hasOddLength, isSigningSecret } from './secret-form.ts';

/** The keys that are valid now. `previous` counts only within its grace period. */
export interface SigningKeys {
  current?: string;
  previous?: string;
}

/**
 * What the current value is, as it was last read: a key, a key of a length that Svix does not generate, absent, not a
 * valid key, or a value that the function may not read.
 */
export type SecretCondition = 'usable' | 'odd_length' | 'not_set' | 'malformed' | 'denied';

export interface SigningSecretSettings {
  secretId: string;
  /** How long a fetched value is used before it is fetched again, in milliseconds. */
  cache: number;
  /** How long the previous secret remains valid after a rotation, in milliseconds. */
  previousGrace: number;
}

/** What the last fetches have shown. The previous key expires at `previousUntil`, in epoch milliseconds. */
interface Known {
  keys: SigningKeys;
  condition: SecretCondition;
  previousUntil: number;
}

/** Minimum time between two fetches caused by requests: forged traffic must not drive Secrets Manager calls. */
const REFETCH_INTERVAL = 5 * SECOND;

/** The signing secrets of one sandbox, cached. A failed fetch keeps the known values. */
export class SigningSecretCache {
  readonly #settings: SigningSecretSettings;
  readonly #system: System;
  #known: (Known & { at: number }) | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  /** The fetch that was begun while the sandbox started. It never rejects. */
  #warming: Promise<void> | undefined;

  constructor(settings: SigningSecretSettings, system: System) {
    this.#settings = settings;
    this.#system = system;
  }

  /** Of the current value, as it was last read. */
  get condition(): SecretCondition {
    return this.#known?.condition ?? 'not_set';
  }

  /** Begins to fetch the values before the first request, which waits for them, and fetches again if they did not come. */
  warm(secrets: Secrets): void {
    this.#warming = this.#fetch(secrets, this.#system.now()).catch(() => undefined);
  }

  /**
   * The keys to check with.
   *
   * @throws the error of the fetch, if nothing is known yet.
   */
  async keys(secrets: Secrets): Promise<SigningKeys> {
    await this.#warming;
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
        secrets.get(secretId, CURRENT_VERSION),
        // A failure is no reason to refuse what the current key has signed.
        secrets.get(secretId, PREVIOUS_VERSION).catch((): SecretLookup => ({ kind: 'denied' })),
      ]);
      // A refusal says nothing about the known key: a policy change in progress must not cost events.
      const known = this.#known;
      const isKept = current.kind === 'denied' && known?.keys.current !== undefined;
      this.#known = {
        ...(isKept ? known : learned(known, { current, previous, previousGrace })),
        at: now,
      };
    } catch (error) {
      if (!this.#known) throw error;
      // The old values stay in use until the next mismatch, or until they are due again.
      this.#known = { ...this.#known, at: now };
    }
  }
}

/** What is known after a fetch. Where the previous value could not be read, what was known before says which it is. */
function learned(
  known: Known | undefined,
  { current, previous, previousGrace }: Record<keyof SigningKeys, SecretLookup> & { previousGrace: number },
): Known {
  const key = keyIn(current);
  const condition = conditionOf(current);
  const isUnread = previous.kind === 'denied';
  if (isUnread && known && key === known.keys.current) return { ...known, condition };
  const before = isUnread ? known?.keys.current : keyIn(previous);
  return {
    keys: { ...(key !== undefined && { current: key }), ...(before !== undefined && { previous: before }) },
    condition,
    previousUntil: rotatedAt(current, previous) + previousGrace,
  };
}

function keyIn(found: SecretLookup): string | undefined {
  // A line break or space that was pasted with the key is not part of it.
  const value = found.kind === 'found' ? found.value.trim() : '';
  return isSigningSecret(value) ? value : undefined;
}

function conditionOf(current: SecretLookup): SecretCondition {
  switch (current.kind) {
    case 'missing':
      return 'not_set';
    case 'denied':
      return 'denied';
    case 'binary':
      return 'malformed';
    case 'found': {
      const value = current.value.trim();
      if (!isSigningSecret(value)) return 'malformed';
      return hasOddLength(value) ? 'odd_length' : 'usable';
    }
  }
}

/**
 * When the current value replaced the previous one: when it was created, whether or not it is a key. If that cannot
 * be read, the previous key counts from its own creation, which is earlier: never from the time of a fetch, because
 * each fetch would prolong its grace.
 */
function rotatedAt(current: SecretLookup, previous: SecretLookup): number {
  for (const version of [current, previous]) {
    if (version.kind === 'found' || version.kind === 'binary') return version.createdAt;
  }
  return 0;
}
