import type { ClientOptions } from '../../lambda/cyberdesk/client.ts';
import type { Reply } from './model/front.ts';
import { errorPage, refusal } from './model/front.ts';
import type { Request } from './model/http.ts';
import type { Rng } from './rng.ts';
import type { Sandbox } from './sandbox.ts';

/** What the client of Cyberdesk's API needs to run in a sandbox: all but the API itself is the real one. */
export function transportOf(
  sandbox: Sandbox,
  arrive: (request: Request) => Reply,
  { rng, habit }: Pick<Journey, 'rng' | 'habit'>,
): Required<Pick<ClientOptions, 'now' | 'random' | 'sleep' | 'after' | 'fetch'>> {
  const { machine } = sandbox;
  return {
    now: machine.now,
    random: machine.random,
    sleep: machine.sleep,
    after: (ms, run) => sandbox.after(ms, run),
    fetch: (url, init) =>
      fetchFrom(sandbox, requestOf(url, init), { arrive, rng, habit, signal: init.signal }),
  };
}

const requestOf = (url: string, { method = 'GET', headers, body }: RequestInit): Request => ({
  url,
  method,
  headers: headers as Record<string, string>,
  body: body as string | undefined,
});

interface Journey {
  arrive: (request: Request) => Reply;
  /** Chooses how a failure shows; without it the connection breaks. */
  rng: Rng | undefined;
  /** Number of the way in which most failures of this schedule show. */
  habit: number;
  signal: AbortSignal | null | undefined;
}

function fetchFrom(
  sandbox: Sandbox,
  request: Request,
  { arrive, rng, habit, signal }: Journey,
): Promise<Response> {
  const label = () => `${request.method} ${request.url.replace(/^https:\/\/[^/]+/, '')}`;
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
    void sandbox
      .exchange(label, 'api', () => arrive(request), true)
      .then((exchange) => {
        if (exchange.kind === 'answer') return resolve(responseOf(exchange.value));
        const shows = failureOf(exchange.tookEffect, { rng, habit });
        if ('code' in shows) reject(connectionError(shows.code));
        else resolve(responseOf(shows, shows.isCut));
      });
  });
}

type Shown = { code: string } | (Reply & { isCut?: boolean });

const CUT: Shown = { status: 201, body: { text: '{"id":"run-' }, isCut: true };

/** How a request that the API did not answer ends for its sender. */
function failureOf(tookEffect: boolean, { rng, habit }: Pick<Journey, 'rng' | 'habit'>): Shown {
  const reset = { code: 'ECONNRESET' };
  if (!rng) return reset;
  const never = [{ code: 'ECONNREFUSED' }, { code: 'EAI_AGAIN' }, { code: 'UND_ERR_CONNECT_TIMEOUT' }];
  // Only these may come although the request was served.
  const either: Shown[] = [
    reset,
    { code: 'UND_ERR_SOCKET' },
    refusal(500),
    ...[404, 408, 500, 502, 503, 504, 520].map(errorPage),
    { status: 200, body: { text: '<html>welcome</html>' } },
    { status: 200, body: { text: '{"id":' } },
    { status: 204 },
    CUT,
  ];
  const shown = tookEffect ? either : [...never, ...either];
  // What stands in front of the API mostly fails in one way.
  return (rng.chance(0.7) ? shown[habit % shown.length] : undefined) ?? rng.pick(shown);
}

/** As the platform's fetch fails: with the system's error as its cause. */
const connectionError = (code: string): TypeError =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

function responseOf({ status, body, headers = {} }: Reply, isCut = false): Response {
  if (!body) return new Response(null, { status, headers });
  if ('json' in body) return responseWith(JSON.stringify(body.json), 'application/json');
  if ('bytes' in body) return responseWith(new Uint8Array(body.bytes), 'application/octet-stream');
  return responseWith(isCut ? cutStream(body.text) : body.text, 'text/html; charset=utf-8');

  function responseWith(content: string | ReadableStream | Uint8Array<ArrayBuffer>, type: string): Response {
    const init = { headers: { 'content-type': type, ...headers } };
    if (status <= 599) return new Response(content, { ...init, status });
    // Only a server can make a response with a status that HTTP does not define.
    return Object.defineProperties(new Response(content, init), {
      status: { value: status },
      ok: { value: false },
    });
  }
}

/** A body that breaks off. */
const cutStream = (text: string): ReadableStream =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.error(connectionError('UND_ERR_SOCKET'));
    },
  });
