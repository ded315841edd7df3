import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { closeServer, listen, sendJson } from './server.ts';

/** Takes a request, or leaves it to the next handler by answering false. */
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => boolean | Promise<boolean>;

/** The one port that the run shows: its control, whatever is mounted, and the webhook endpoint. */
export class HttpFront {
  private readonly server: Server;
  private readonly handlers: RequestHandler[] = [];
  private port = 0;

  constructor() {
    this.server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
      this.serve(request, response).catch(() => {
        if (response.headersSent) response.destroy();
        else sendJson(response, 500, { message: 'Internal Server Error' });
      });
    });
  }

  /** Starts listening on 127.0.0.1; resolves to the URL. */
  async listen(port: number): Promise<string> {
    this.port = await listen(this.server, port);
    return `http://127.0.0.1:${this.port}`;
  }

  /** Adds a handler; the first that takes a request answers it. */
  use(handler: RequestHandler): void {
    this.handlers.push(handler);
  }

  /** Adds a handler that is asked before all others. */
  useFirst(handler: RequestHandler): void {
    this.handlers.unshift(handler);
  }

  close(): Promise<void> {
    return closeServer(this.server);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const handler of this.handlers) if (await handler(request, response)) return;
    sendJson(response, 503, { message: 'Service Unavailable' });
  }
}

/**
 * Whether a request comes from this machine's person and not from a web page of somebody else: its host is this
 * loopback server, and its origin, where it names one, too.
 */
export function isOwnRequest(request: IncomingMessage): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = request.headers;
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host)) return false;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) return false;
  return site === undefined || site === 'same-origin' || site === 'none';
}
