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
 * @param create Makes the client, once, at the first work: `() => createCyberdeskClient(apiKey)`. It is given the `fetch`
 * that adds the keys, for a release of the SDK that takes one.
 */
export function keyedClient<Client extends OfficialClient>(
  create: (fetch: typeof globalThis.fetch) => Client | Promise<Client>,
  { baseUrl = 'https://api.cyberdesk.io' }: KeyedClientOptions = {},
): KeyedWork<Client> {
  const fetch = installFetch();
  const { origin } = new URL(baseUrl);
  let ready: Promise<Client> | undefined;
  const start = async (): Promise<Client> => {
    const client = await create(fetch);
    await checkRequests(client, origin);
    return client;
  };
  return async (cause, work) => {
    ready ??= start();
    const client = await ready.catch((error: unknown) => {
      // The next work tries again, for instance to fetch the API key.
      ready = undefined;
      throw error;
    });
    return withKeys({ kind: 'keyed', origin, cause }, () => work(client));
  };
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
