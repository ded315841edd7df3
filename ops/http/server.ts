import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server on 127.0.0.1 only. A request whose handler rejects gets no response: its connection is cut. */
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

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** A request's path without its query, not decoded. */
export const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';

export const queryOf = ({ url = '/' }: IncomingMessage): URLSearchParams =>
  new URL(url, 'http://localhost').searchParams;

/** Whether `Host` is a loopback name: any other means that a foreign name resolves to 127.0.0.1 (DNS rebinding). */
export const isLoopbackHost = ({ headers }: IncomingMessage): boolean =>
  /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(headers.host ?? '');

/** Whether `Origin`, where a browser sends one, is this server itself. */
export const isSameOrigin = ({ headers: { host = '', origin } }: IncomingMessage): boolean =>
  origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`;

/** Whether a request comes from a program on this machine or from our own pages, and not from another website. */
export function isOwnRequest(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  if (!isLoopbackHost(request) || !isSameOrigin(request)) return false;
  return site === undefined || site === 'same-origin' || site === 'none';
}
