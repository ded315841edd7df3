import type { CallOutcome, Secrets } from '../core/model/index.ts';
import { type CyberdeskClient, createCyberdeskClient, type Result } from '../cyberdesk/client.ts';
import { type ClientOptions, withDefaults } from '../cyberdesk/options.ts';
import type { ApiKey } from './api-key.ts';

type Send<T> = (client: CyberdeskClient) => Promise<Result<T>>;

type Key = { kind: 'found'; value: string } | { kind: 'not_set' } | { kind: 'unreadable' };

/**
 * Calls Cyberdesk's API with the current key. A refused key is read again once before the refusal counts, because a
 * rotation must not wait for the cache to expire.
 */
export class KeyedCalls {
  readonly #options: ClientOptions;
  /** The last key, and the client that has it. */
  #current: { key: string; client: CyberdeskClient } | undefined;
  readonly #apiKey: ApiKey;
  readonly #secrets: Secrets;

  /** @throws InvalidClientSettingError for an unusable base URL. */
  constructor(options: ClientOptions, apiKey: ApiKey, secrets: Secrets) {
    this.#options = withDefaults(options);
    this.#apiKey = apiKey;
    this.#secrets = secrets;
  }

  /**
   * @param send Makes the call. It is invoked again if the key has changed.
   * @param read Takes from the data what the core needs.
   */
  async call<T, U>(send: Send<T>, read: (data: T, response: Response) => U): Promise<CallOutcome<U>> {
    const key = await this.#readKey();
    if (key.kind !== 'found') return notAsked(key, false);
    const first = await this.#send(send, key.value);
    if (!isKeyRefused(first)) return toOutcome(first, read, false);

    this.#apiKey.readAgain();
    const next = await this.#readKey();
    // What the first call may have done still counts, whatever comes next.
    const { mayHaveTakenEffect } = first.error;
    if (next.kind !== 'found') return notAsked(next, mayHaveTakenEffect);
    if (next.value === key.value) return toOutcome(first, read, false);
    return toOutcome(await this.#send(send, next.value), read, mayHaveTakenEffect);
  }

  #send<T>(send: Send<T>, key: string): Promise<Result<T>> {
    if (this.#current?.key !== key)
      this.#current = { key, client: createCyberdeskClient(key, this.#options) };
    return send(this.#current.client);
  }

  async #readKey(): Promise<Key> {
    try {
      const value = await this.#apiKey.get(this.#secrets);
      return value === undefined ? { kind: 'not_set' } : { kind: 'found', value };
    } catch {
      return { kind: 'unreadable' };
    }
  }
}

type Failed = Extract<Result<unknown>, { data: undefined }>;

/** By whom does not matter here: reading the key again is harmless. */
const isKeyRefused = (result: Result<unknown>): result is Failed =>
  result.error?.status === 401 || result.error?.status === 403;

const notAsked = ({ kind }: Key, mayHaveTakenEffect: boolean): CallOutcome<never> => ({
  kind: 'failed',
  mayHaveTakenEffect,
  ...(kind === 'not_set' ? { keyNotSet: true } : { notAsked: true }),
});

function toOutcome<T, U>(
  { data, error, response }: Result<T>,
  read: (data: T, response: Response) => U,
  mayHaveTakenEffect: boolean,
): CallOutcome<U> {
  if (!error) return { kind: 'answered', value: read(data, response) };
  const { status, retryAfterMs, inProgress, isJson, field } = error;
  return {
    kind: 'failed',
    inProgress,
    mayHaveTakenEffect: mayHaveTakenEffect || error.mayHaveTakenEffect,
    ...(status !== undefined && { status, isJson }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(field !== undefined && { field }),
  };
}
