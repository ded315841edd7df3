import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoopbackServer, readBody, sendBytes, sendJson } from '../../ops/http/index.ts';
import type { Fault, Faults } from './faults.ts';

interface Upstream {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What every proxy of a run shares. */
export interface CyberdeskTarget {
  /** The API itself: the fake one, or that of `CYBERDESK_API_URL`. */
  readonly url: URL;
  readonly agent: http.Agent;
}

/** One way to the API for all proxies; connections stay open. */
export function cyberdeskTarget(url: string): CyberdeskTarget {
  const parsed = new URL(url);
  const Agent = parsed.protocol === 'https:' ? https.Agent : http.Agent;
  return { url: parsed, agent: new Agent({ keepAlive: true }) };
}

/**
 * Stands between one sandbox and the Cyberdesk API, so that faults can hit its calls. Each sandbox has its own: these
 * calls carry nothing else that tells who makes them.
 */
export class CyberdeskProxy {
  readonly #server: LoopbackServer;
  private readonly target: CyberdeskTarget;
  private readonly faults: Faults;
  private readonly fn: string;
  private readonly kill: () => void;

  /** @param kill ends the sandbox that calls */
  constructor(target: CyberdeskTarget, faults: Faults, fn: string, kill: () => void) {
    this.target = target;
    this.faults = faults;
    this.fn = fn;
    this.kill = kill;
    const serve = (request: IncomingMessage, response: ServerResponse) => this.#serve(request, response);
    this.#server = new LoopbackServer(serve, { keepAliveTimeout: 60_000 });
  }

  /** Resolves to the URL that the sandbox gets as `CYBERDESK_API_URL`. */
  listen(): Promise<string> {
    return this.#server.listen();
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0];
    const body = await readBody(request);
    const hits = this.faults.hits(`cyberdesk:${request.method} ${path}`, this.fn);
    for (const fault of hits.before) if (await this.suffer(fault, response)) return;
    if (hits.before.some((fault) => fault.do === 'twice')) await this.forward(request, body);
    const answer = await this.forward(request, body);
    for (const fault of hits.after) if (await this.suffer(fault, response)) return;
    const {
      'transfer-encoding': _chunked,
      connection: _connection,
      'keep-alive': _alive,
      ...headers
    } = answer.headers;
    sendBytes(response, answer.status, answer.body, headers);
  }

  /** @returns whether the fault has decided the answer */
  private async suffer(fault: Fault, response: ServerResponse): Promise<boolean> {
    switch (fault.do) {
      case 'delay':
        await sleep(fault.ms);
        return false;
      case 'fail': {
        const body = fault.body ?? { detail: 'A planted fault.' };
        sendJson(response, fault.status ?? 500, body, fault.headers);
        return true;
      }
      case 'kill':
        this.kill();
        response.destroy();
        return true;
      case 'drop':
        response.destroy();
        return true;
      case 'twice':
        return false;
    }
  }

  private forward(request: IncomingMessage, body: Buffer): Promise<Upstream> {
    const { url, agent } = this.target;
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const base = url.pathname.replace(/\/$/, '');
    return new Promise((resolve, reject) => {
      const client = url.protocol === 'https:' ? https : http;
      const sent = client.request(
        url,
        {
          agent,
          method: request.method,
          path: `${base}${request.url}`,
          headers: { ...headers, host: url.host },
        },
        (response) => {
          readBody(response).then(
            (received) =>
              resolve({ status: response.statusCode ?? 502, headers: response.headers, body: received }),
            reject,
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
