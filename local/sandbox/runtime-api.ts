import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoopbackServer, readBody, sendBytes } from '../../ops/http/index.ts';

const PREFIX = '/2018-06-01/runtime/';

/** One invocation as the Runtime API delivers it. */
export interface RuntimeInvocation {
  readonly requestId: string;
  readonly payload: Buffer;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  readonly functionArn: string;
  readonly traceId: string;
}

/** Receives what a sandbox reports. Payloads are the raw text that it sent. */
export interface RuntimeListener {
  /** The sandbox asks for work, after its init phase and after each response. */
  onNext(): void;
  onResponse(requestId: string, payload: string): void;
  onError(requestId: string, payload: string): void;
  onInitError(payload: string): void;
}

/** The Lambda Runtime API of one sandbox, on a port of its own, because the protocol does not identify the sandbox. */
export class RuntimeApi extends LoopbackServer {
  readonly #listener: RuntimeListener;
  #waiting: ServerResponse | undefined;

  constructor(listener: RuntimeListener) {
    super((request, response) => this.#handle(request, response), { keepAliveTimeout: 0, requestTimeout: 0 });
    this.#listener = listener;
  }

  /** Starts listening; resolves to `127.0.0.1:<port>`, the value of `AWS_LAMBDA_RUNTIME_API`. */
  override async listen(): Promise<string> {
    return new URL(await super.listen()).host;
  }

  /** Delivers an invocation to the sandbox, which must be asking for one (`onNext`). */
  deliver(invocation: RuntimeInvocation): void {
    const response = this.#waiting;
    if (!response) throw new Error('the sandbox is not waiting for an invocation');
    this.#waiting = undefined;
    sendBytes(response, 200, invocation.payload, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.requestId,
      'lambda-runtime-deadline-ms': String(invocation.deadlineMs),
      'lambda-runtime-invoked-function-arn': invocation.functionArn,
      'lambda-runtime-trace-id': invocation.traceId,
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').slice(PREFIX.length);
    if (request.method === 'GET' && path === 'invocation/next') {
      this.#waiting = response;
      this.#listener.onNext();
      return;
    }
    const payload = (await readBody(request)).toString();
    const [, requestId, kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    // Answered first: the outcome may already lead to the next invocation, whose delivery must follow this response.
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    if (path === 'init/error') this.#listener.onInitError(payload);
    else if (requestId !== undefined && kind === 'response') this.#listener.onResponse(requestId, payload);
    else if (requestId !== undefined) this.#listener.onError(requestId, payload);
  }
}
