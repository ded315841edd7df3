import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server on 127.0.0.1 only. A request whose handler rejects gets no answer: its connection is cut. */
export class LoopbackServer {
  readonly #server: Server;

  constructor(
    handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
    options: ServerOptions = {},
  ) {
    this.#server = createServer(options, (request, response) => {
      handle(request, response).catch(() => response.destroy());
    });
  }

  /**
   * Starts listening.
   *
   * @param port 0 lets the system choose
   * @returns the URL, as `http://127.0.0.1:8787`
   * @throws the system's error, for example EADDRINUSE; listening may then be tried again
   */
  async listen(port = 0): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    // Rejects on `error`.
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Stops the server and ends all of its connections. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** A request's path without its query, not decoded. */
export const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';

/** A request's query. */
export const queryOf = ({ url = '/' }: IncomingMessage): URLSearchParams =>
  new URL(url, 'http://localhost').searchParams;
