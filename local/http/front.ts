import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoopbackServer, sendJson } from '../../ops/http/index.ts';
import { codeOf } from '../../ops/stage/faults.ts';
import { PortInUseError, PortRefusedError } from '../errors.ts';

/** The gateway answers within 30 seconds. */
const LONGEST_WAIT_MS = 31_000;

/** Answers a request, or returns false to leave it to the next handler. */
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => boolean | Promise<boolean>;

/** The public port of the run: control endpoints, mounted handlers and the webhook endpoint. */
export class HttpFront extends LoopbackServer {
  readonly #whileHeld: RequestHandler;
  #handlers: RequestHandler[] = [];
  #url: string | undefined;
  #opened = Promise.withResolvers<void>();
  #isOpen = false;
  readonly #serving = new Set<Promise<void>>();

  /** @param whileHeld answers what need not wait until it is opened */
  constructor(whileHeld: RequestHandler = () => false) {
    super((request, response) => this.#track(this.#serve(request, response)), { keepAliveTimeout: 65_000 });
    this.#whileHeld = whileHeld;
  }

  /**
   * Starts listening on 127.0.0.1; resolves to the URL.
   * @throws PortInUseError when another program has the port
   * @throws PortRefusedError when the system does not allow it
   */
  override async listen(port: number): Promise<string> {
    try {
      this.#url = await super.listen(port);
      return this.#url;
    } catch (error) {
      const Refused = codeOf(error) === 'EADDRINUSE' ? PortInUseError : PortRefusedError;
      throw new Refused(port, { cause: error });
    }
  }

  /** Undefined before it listens. */
  get url(): string | undefined {
    return this.#url;
  }

  /** Answers requests from now on; until then they wait. */
  open(): void {
    this.#isOpen = true;
    this.#opened.resolve();
  }

  /** Lets new requests wait until it is opened again, with other handlers; resolves when those before have been answered. */
  async hold(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#handlers = [];
    this.#opened = Promise.withResolvers();
    // One that is never answered must not hold up the rest.
    await Promise.race([Promise.all(this.#serving), sleep(LONGEST_WAIT_MS, undefined, { ref: false })]);
  }

  /** Adds a handler; they are tried in order. */
  use(handler: RequestHandler): void {
    this.#handlers.push(handler);
  }

  useFirst(handler: RequestHandler): void {
    this.#handlers.unshift(handler);
  }

  #track(served: Promise<void>): Promise<void> {
    const done = served.finally(() => this.#serving.delete(done));
    this.#serving.add(done);
    return done;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (!this.#isOpen && (await this.#whileHeld(request, response))) return;
      await this.#opened.promise;
      for (const handler of this.#handlers) if (await handler(request, response)) return;
      sendJson(response, 503, { message: 'Service Unavailable' });
    } catch {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { message: 'Internal Server Error' });
    }
  }
}
