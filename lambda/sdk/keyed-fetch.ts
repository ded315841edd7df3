import { AsyncLocalStorage } from 'node:async_hooks';
import { sha256 } from '../core/model/index.ts';
import { type Cause, callKey } from './call-key.ts';
import { KeyedTwiceError } from './errors.ts';

type Fetch = typeof globalThis.fetch;

/** What the requests of some work are made for. */
export interface Keyed {
  readonly kind: 'keyed';
  readonly origin: string;
  readonly cause: Cause;
  /** Called when the API answers a request with 401 or 403. */
  readonly onDenied: () => void;
}

interface Work extends Keyed {
  /** Digest of the body that was sent under each key. */
  readonly sent: Map<string, string>;
  /** An SDK returns what `fetch` throws as its own error; so it is kept, and thrown at the end. */
  refusal?: KeyedTwiceError;
}

/** No request is sent: where it would go is noted. */
interface Probe {
  readonly kind: 'probe';
  readonly seen: string[];
}

const context = new AsyncLocalStorage<Work | Probe>();

/** Requests that `work` makes, in whatever it waits for, get the keys of this cause. @throws KeyedTwiceError */
export async function withKeys<T>(keyed: Keyed, work: () => Promise<T>): Promise<T> {
  const now: Work = { ...keyed, sent: new Map() };
  const done = await context.run(now, work).catch((error: unknown) => {
    throw now.refusal ?? error;
  });
  if (now.refusal) throw now.refusal;
  return done;
}

/** Origins that `work` would send requests to. */
export async function originsOf(work: () => Promise<unknown>): Promise<string[]> {
  const probe: Probe = { kind: 'probe', seen: [] };
  await context.run(probe, work).catch(() => undefined);
  return probe.seen;
}

let installed: Fetch | undefined;

/** Replaces the global `fetch` by one that passes every request on, and adds keys to those of {@link withKeys}. */
export function installFetch(): Fetch {
  if (installed === undefined) globalThis.fetch = installed = keysAddedTo(globalThis.fetch);
  return installed;
}

const keysAddedTo =
  (send: Fetch): Fetch =>
  async (input, init) => {
    const now = context.getStore();
    if (now === undefined) return send(input, init);
    const request = new Request(input, init);
    const { origin } = new URL(request.url);
    if (now.kind === 'probe') {
      now.seen.push(origin);
      return Response.json({ detail: 'probe' }, { status: 404 });
    }
    if (origin === now.origin && !READS.includes(request.method)) await addKey(request, now);
    const response = await send(request);
    if (origin === now.origin && DENIALS.includes(response.status)) now.onDenied();
    return response;
  };

/** Statuses of an API that does not accept the key of the client. */
const DENIALS = [401, 403];
const READS = ['GET', 'HEAD', 'OPTIONS'];

/** The SDK repeats a request with the key that it has; it must be ours from the first attempt on. */
async function addKey(request: Request, work: Work): Promise<void> {
  const { pathname, search } = new URL(request.url);
  const body = new Uint8Array(await request.clone().arrayBuffer());
  const key = callKey(work.cause, { method: request.method, path: pathname + search, body });
  const digest = sha256(body);
  if ((work.sent.get(key) ?? digest) !== digest) {
    work.refusal = new KeyedTwiceError(
      `two different calls of ${request.method} ${pathname} have the same name: give each a \`call\` of its own`,
    );
    throw work.refusal;
  }
  work.sent.set(key, digest);
  request.headers.set('idempotency-key', key);
}
