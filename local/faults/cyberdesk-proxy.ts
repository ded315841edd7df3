import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoopbackServer, pathOf, readBody, sendBytes } from '../../ops/http/index.ts';
import { DROPPED, type Fault, type Faults, withFaults } from './faults.ts';

export interface CyberdeskProxyDeps {
  /** URL of the API itself: the fake one, or `CYBERDESK_API_URL`. */
  readonly target: string;
  readonly faults: Faults;
  /** Label of the function that calls. */
  readonly caller: string;
  kill(): void;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Headers of one connection only, and those that no longer hold for a decoded body. */
const DROPPED_HEADERS =
  /^(connection|keep-alive|transfer-encoding|content-encoding|content-length|host|expect)$/;

/**
 * Stands between one sandbox and the Cyberdesk API, so that faults can hit its calls. Each sandbox has its own, because
 * nothing else in these calls identifies the caller.
 */
export class CyberdeskProxy extends LoopbackServer {
  readonly #deps: CyberdeskProxyDeps;

  constructor(deps: CyberdeskProxyDeps) {
    super((request, response) => this.#serve(request, response), { keepAliveTimeout: 60_000 });
    this.#deps = deps;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults, caller, kill } = this.#deps;
    const body = await readBody(request);
    const hits = faults.hits(`cyberdesk:${request.method} ${pathOf(request)}`, caller);
    const answer = await withFaults(hits, {
      perform: () => this.#forward(request, body),
      fail: failure,
      kill,
    });
    if (answer === DROPPED) response.destroy();
    else sendBytes(response, answer.status, answer.body, answer.headers);
  }

  async #forward(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { method = 'GET', url = '/' } = request;
    const headers = Object.entries(request.headers).filter(([name]) => !DROPPED_HEADERS.test(name));
    const answer = await fetch(`${this.#deps.target.replace(/\/$/, '')}${url}`, {
      method,
      redirect: 'manual',
      headers: headers.map(([name, value]) => [name, String(value)] as [string, string]),
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    return {
      status: answer.status,
      headers: Object.fromEntries([...answer.headers].filter(([name]) => !DROPPED_HEADERS.test(name))),
      body: Buffer.from(await answer.arrayBuffer()),
    };
  }
}

function failure({ status = 500, headers, body = { detail: 'A planted fault.' } }: Fault): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}
