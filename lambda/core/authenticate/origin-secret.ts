import { createHash, timingSafeEqual } from 'node:crypto';
import { CURRENT_VERSION, PREVIOUS_VERSION, SECOND, type Secrets, type System } from '../model/index.ts';

/** Nothing can be compared with the origin header: its secret has no value, or may not be read. */
export class OriginSecretError extends Error {
  override name = 'OriginSecretError';
  constructor(kind: string) {
    super(
      `the secret of the origin header is ${kind}; check the role of this function and the policies of the secret`,
    );
  }
}

export interface OriginSecretSettings {
  secretId: string;
  /** How long fetched values are used before they are fetched again, in milliseconds. */
  cache: number;
}

/** Time after which a failed fetch is tried again while nothing is known. */
const RETRY = 5 * SECOND;
/** The same while the values are only old: a fetch that hangs holds up the delivery that began it. */
const RETRY_OF_KNOWN = 30 * SECOND;

/**
 * The values of the origin header that are valid now: the current one and, since the last rotation, the one before.
 * Only time makes it fetch, never the header of a request: forged traffic must not drive Secrets Manager calls.
 */
export class OriginSecret {
  readonly #settings: OriginSecretSettings;
  readonly #system: System;
  /** Of equal length, whatever the values are, so that they can be compared in constant time. */
  #digests: Promise<readonly Buffer[]> | undefined;
  /** A fetch has succeeded. */
  #isKnown = false;
  #due = Number.NEGATIVE_INFINITY;

  constructor(settings: OriginSecretSettings, system: System) {
    this.#settings = settings;
    this.#system = system;
  }

  /** Begins to fetch the values, if it is time, and does not wait for them. */
  warm(secrets: Secrets): void {
    const now = this.#system.now();
    if (now < this.#due) return;
    const known = this.#isKnown ? this.#digests : undefined;
    this.#due = now + (known ? RETRY_OF_KNOWN : RETRY);
    const fetched = this.#fetch(secrets, { known, due: now + this.#settings.cache });
    // A failed fetch keeps the known values.
    this.#digests = known ? fetched.catch(() => known) : fetched;
    // No one may be waiting when it fails, and an unhandled rejection would end the process.
    this.#digests.catch(() => undefined);
  }

  /**
   * Whether a header has a valid value.
   *
   * @throws OriginSecretError, or the error of the fetch, if nothing is known yet
   */
  async matches(secrets: Secrets, header: string): Promise<boolean> {
    this.warm(secrets);
    const digests = (await this.#digests) ?? [];
    const given = digestOf(header);
    return digests.some((digest) => timingSafeEqual(digest, given));
  }

  async #fetch(
    secrets: Secrets,
    { known, due }: { known: Promise<readonly Buffer[]> | undefined; due: number },
  ): Promise<readonly Buffer[]> {
    const { secretId } = this.#settings;
    const [current, previous] = await Promise.all([
      secrets.get(secretId, CURRENT_VERSION),
      // A failure is no reason to refuse requests with the current value.
      secrets.get(secretId, PREVIOUS_VERSION).catch(() => undefined),
    ]);
    if (current.kind !== 'found') throw new OriginSecretError(current.kind);
    this.#isKnown = true;
    const digest = digestOf(current.value);
    if (previous === undefined) {
      // One of those known may be the value before; soon this is tried again.
      const others = (await known?.catch(() => [])) ?? [];
      return [digest, ...others.filter((other) => !other.equals(digest))];
    }
    this.#due = due;
    return previous.kind === 'found' ? [digest, digestOf(previous.value)] : [digest];
  }
}

const digestOf = (value: string): Buffer => createHash('sha256').update(value).digest();
