import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoopbackServer, sendJson } from '../../ops/http/index.ts';
import { codeOf } from '../../ops/stage/faults.ts';
import { PortInUseError, PortRefusedError } from '../errors.ts';

/** Answers a request, or returns false to leave it to the next handler. */
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => boolean | Promise<boolean>;

/** The public port of the run: control endpoints, mounted handlers and the webhook endpoint. */
export class HttpFront extends LoopbackServer {
  readonly #handlers: RequestHandler[] = [];

  constructor() {
    super((request, response) => this.#serve(request, response), { keepAliveTimeout: 65_000 });
  }

  /**
   * Starts listening on 127.0.0.1; resolves to the URL.
   * @throws PortInUseError when another program has the port
   * @throws PortRefusedError when the system does not allow it
   */
  override async listen(port: number): Promise<string> {
    try {
      return await super.listen(port);
    } catch (error) {
      const Refused = codeOf(error) === 'EADDRINUSE' ? PortInUseError : PortRefusedError;
      throw new Refused(port, { cause: error });
    }
  }

  /** Adds a handler; they are tried in order. */
  use(handler: RequestHandler): void {
    this.#handlers.push(handler);
  }

  useFirst(handler: RequestHandler): void {
    this.#handlers.unshift(handler);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      for (const handler of this.#handlers) if (await handler(request, response)) return;
      sendJson(response, 503, { message: 'Service Unavailable' });
    } catch {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { message: 'Internal Server Error' });
    }
  }
}
