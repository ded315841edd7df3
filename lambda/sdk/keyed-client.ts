import { MINUTE } from '../core/model/index.ts';
import type { Cause } from './call-key.ts';
import { KeysNotSentError } from './errors.ts';
import { installFetch, originsOf, withKeys } from './keyed-fetch.ts';

/** What is needed of the client that `createCyberdeskClient` of the package `cyberdesk` returns. */
export interface OfficialClient {
  /** Runs. */
  readonly runs: {
    /** One run. Called once to see whether requests can be given a key; this request is not sent. */
    get(runId: string): Promise<unknown>;
  };
}

/** Options of `keyedClient`. */
export interface KeyedClientOptions {
  /**
   * URL of the API that the client calls. Requests to other places get no key.
   *
   * @default 'https://api.cyberdesk.io'
   */
  baseUrl?: string;
}

/**
 * Does some work with the client. Every write to Cyberdesk's API that it makes has a key that follows from the cause and
 * the call: the same when the work is repeated, in this process or in another one.
 *
 * @throws KeysNotSentError before the first call, if requests of the client cannot be given a key.
 * @throws KeyedTwiceError if two different calls would have one key.
 */
export type KeyedWork<Client> = <T>(cause: Cause, work: (client: Client) => Promise<T>) => Promise<T>;

/**
 * Gives the official client an idempotency key per call. The official one has a random key for each call, so a handler
 * that runs again after a crash starts another run; with these keys, Cyberdesk answers with the run that it has.
 *
 * Its only documented parameter is the API key. So the global `fetch` is replaced by one that adds the key; requests
 * outside of such work pass through as they are.
 *
 * A client holds its API key, and a sandbox may live for hours: so that a key that is rotated is used, and one that is
 * revoked is not, the client is made again after five minutes, and after a response 401 or 403.
 *
 * @param create Reads the API key and makes the client: `async () => createCyberdeskClient(await apiKey())`. It is given the
 * `fetch` that adds the keys, for a release of the SDK that takes one.
 */
export function keyedClient<Client extends OfficialClient>(
  create: (fetch: typeof globalThis.fetch) => Client | Promise<Client>,
  { baseUrl = 'https://api.cyberdesk.io' }: KeyedClientOptions = {},
): KeyedWork<Client> {
  const fetch = installFetch();
  const { origin } = new URL(baseUrl);
  const made = new Kept(async () => {
    const client = await create(fetch);
    await checkRequests(client, origin);
    return client;
  });
  return async (cause, work) => {
    const { value, forget } = made.get();
    const client = await value;
    return withKeys({ kind: 'keyed', origin, cause, onDenied: forget }, () => work(client));
  };
}

/** How long a client is used, in milliseconds: as long as the functions use a key that they have read. */
const LIFE = 5 * MINUTE;

/** A client that is made again once it is too old or was forgotten. If that fails, one that is only too old is kept. */
class Kept<Client> {
  readonly #make: () => Promise<Client>;
  #kept: { value: Promise<Client>; until: number; forget: () => void } | undefined;

  constructor(make: () => Promise<Client>) {
    this.#make = make;
  }

  get(): { value: Promise<Client>; forget: () => void } {
    const before = this.#kept;
    if (before && Date.now() < before.until) return before;
    const value = this.#make().catch((error: unknown) => {
      // That the key cannot be read says nothing about the one that is known.
      if (before === undefined) throw error;
      return before.value;
    });
    // Work that is still done with an earlier client must not forget a later one.
    const forget = () => {
      if (this.#kept?.value === value) this.#kept = undefined;
    };
    this.#kept = { value, until: Date.now() + LIFE, forget };
    // The next work tries again, for instance to read the API key.
    value.catch(forget);
    return this.#kept;
  }
}

async function checkRequests(client: OfficialClient, origin: string): Promise<void> {
  const [seen] = await originsOf(async () => client.runs.get('00000000-0000-4000-8000-000000000000'));
  if (seen === undefined)
    throw new KeysNotSentError(
      'this release of the package cyberdesk does not use the global fetch: pass it the `fetch` that `create` is given, or use createCyberdeskClient of cyberdesk-webhooks/cyberdesk',
    );
  if (seen !== origin)
    throw new KeysNotSentError(`the client calls ${seen}, not ${origin}: set the option baseUrl`);
}
