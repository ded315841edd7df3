import type { IncomingMessage, ServerResponse } from 'node:http';
import { writeJson } from '../../lambda/json/write.ts';
import { LoopbackServer, pathOf, queryOf, readBody } from '../../ops/http/index.ts';
import type { Received, Reply } from './call.ts';
import { control, isControl } from './control.ts';
import { Fake } from './fake.ts';
import type { CyberdeskApiOptions } from './options.ts';

export class CyberdeskApi extends Fake {
  readonly #server: LoopbackServer;
  #url = '';

  constructor(options: CyberdeskApiOptions) {
    super(options, () => this.#url);
    this.#server = new LoopbackServer(async (request, response) => {
      try {
        const received = await receive(request);
        const reply = isControl(received) ? control(this, received) : await this.handle(received);
        send(response, reply, this.store.now());
      } catch {
        // A fault demands it, the server is closing, or the caller has gone: in each case nothing is sent.
        request.socket.resetAndDestroy();
      }
    });
  }

  /** As `http://127.0.0.1:49152`. */
  get url(): string {
    return this.#url;
  }

  /** @throws the system's error when the port is in use */
  async listen(port: number): Promise<void> {
    this.#url = await this.#server.listen(port);
  }

  close(): Promise<void> {
    this.stop();
    return this.#server.close();
  }
}

/**
 * Starts a fake of Cyberdesk's API that behaves as `lambda/cyberdesk/openapi.yaml` says, on 127.0.0.1 only.
 * @throws the system's error when the port is in use
 */
export async function startCyberdeskApi(options: CyberdeskApiOptions = {}): Promise<CyberdeskApi> {
  const api = new CyberdeskApi(options);
  await api.listen(options.port ?? 0);
  return api;
}

async function receive(request: IncomingMessage): Promise<Received> {
  return {
    method: request.method ?? 'GET',
    path: pathOf(request),
    query: queryOf(request),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    ),
    body: await readBody(request),
  };
}

/** @param now the API's own clock, which callers read from its answers; epoch milliseconds */
function send(response: ServerResponse, { status, body = null, headers }: Reply, now: number): void {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(writeJson(body));
  const type = { 'content-type': 'application/json', 'content-length': bytes.byteLength };
  const date = new Date(now).toUTCString();
  // A fault may claim another length.
  response.writeHead(status, { ...type, date, ...headers }).end(bytes);
}
