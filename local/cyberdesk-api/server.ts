import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Received, Reply } from './call.ts';
import { control, isControl } from './control.ts';
import { createFake, type Fake } from './fake.ts';
import type { CyberdeskApiOptions } from './options.ts';

/** A running fake of Cyberdesk's API. */
export interface CyberdeskApi extends Omit<Fake, 'handle' | 'stop'> {
  /** As `http://127.0.0.1:49152`. */
  url: string;
  close(): Promise<void>;
}

/**
 * Starts a fake of Cyberdesk's API that behaves as `lambda/cyberdesk/openapi.yaml` says, on this machine only.
 *
 * @throws The system's error when the port is taken.
 */
export async function startCyberdeskApi(options: CyberdeskApiOptions = {}): Promise<CyberdeskApi> {
  const { port = 0, host = '127.0.0.1' } = options;
  let url = '';
  const { handle, stop, ...fake } = createFake(options, () => url);
  const server = createServer((request, response) => {
    void answer(request, response, (received) =>
      isControl(received) ? control(fake, received, isLocal(request)) : handle(received),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  url = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    ...fake,
    url,
    async close() {
      stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const isLocal = ({ socket }: IncomingMessage): boolean =>
  /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '');

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (received: Received) => Promise<Reply>,
): Promise<void> {
  try {
    send(response, await handle(await receive(request)));
  } catch {
    // A reset on request, the server closing, or a caller that went away: in each case there is no answer.
    request.socket.resetAndDestroy();
  }
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  return {
    method: request.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    ),
    body: Buffer.concat(chunks),
  };
}

function send(response: ServerResponse, { status, body, headers }: Reply): void {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body ?? null));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.byteLength,
    ...headers,
  });
  response.end(bytes);
}
