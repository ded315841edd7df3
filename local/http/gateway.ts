import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { BodyTooLargeError, pathOf, readBody, sendBytes, sendJson } from '../../ops/http/index.ts';
import type { Outcome } from '../sandbox/outcome.ts';
import type { FunctionModel, RouteModel, StackModel } from '../template/model.ts';
import { gatewayEvent } from './gateway-event.ts';
import { gatewayResponse } from './gateway-response.ts';
import { matchRoute, type RouteMatch } from './routes.ts';
import { tokenBucket } from './throttle.ts';

/** API Gateway's limit for a request body, in bytes. */
const BODY_LIMIT = 10 * 1024 * 1024;
/** Lambda's limit for the event of a synchronous invocation, in bytes of its JSON. */
const EVENT_LIMIT = 6 * 1024 * 1024;

export interface GatewayDeps {
  readonly stack: StackModel;
  /** Whether the stage's throttle applies here too. */
  readonly throttled: boolean;
  /** Added to requests, as CloudFront would in front of the gateway. */
  readonly originHeader?: string | undefined;
  invoke(fn: FunctionModel, payload: Buffer): Promise<Outcome>;
}

/** API Gateway answers a request itself, with this status and message. */
class RefusedError extends Error {
  override name = 'RefusedError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The stack's HTTP API: routes requests to functions and answers as API Gateway does. */
export class Gateway {
  readonly #deps: GatewayDeps;
  /** By route: takes a token, or returns false. */
  readonly #takes = new Map<RouteModel, (now: number) => boolean>();

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
    for (const route of deps.throttled ? deps.stack.routes : []) {
      const { throttle } = route;
      if (throttle) this.#takes.set(route, tokenBucket(throttle.rate, throttle.burst, performance.now()));
    }
  }

  /** Answers any request; 404 where the stack has no route. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = `${randomUUID().replaceAll('-', '').slice(0, 15)}=`;
    try {
      const { status, headers, body } = await this.#answer(request, requestId);
      sendBytes(response, status, body, { ...headers, 'apigw-requestid': requestId });
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      // Reads and discards the rest of a refused body, so that a client that is still sending sees the response.
      request.resume();
      sendJson(response, error.status, { message: error.message }, { 'apigw-requestid': requestId });
    }
  }

  async #answer(request: IncomingMessage, requestId: string) {
    const { stack } = this.#deps;
    const match = matchRoute(stack.routes, request.method ?? 'GET', pathOf(request));
    if (!match) throw new RefusedError(404, 'Not Found');
    const { route } = match;
    if (this.#takes.get(route)?.(performance.now()) === false)
      throw new RefusedError(429, 'Too Many Requests');
    const fn = stack.functions.find((candidate) => candidate.arn === route.functionArn);
    if (!fn || !mayInvoke(fn)) throw new RefusedError(500, 'Internal Server Error');
    const payload = await this.#payload(request, match, requestId);
    const outcome = await within(route.timeoutMs, this.#deps.invoke(fn, payload));
    if (outcome === undefined) throw new RefusedError(503, 'Service Unavailable');
    const answer = outcome.kind === 'success' ? gatewayResponse(outcome.payload) : undefined;
    if (!answer) throw new RefusedError(500, 'Internal Server Error');
    return answer;
  }

  /** The event for the function, as bytes of JSON. @throws RefusedError with 413 */
  async #payload(
    request: IncomingMessage,
    { route, pathParameters }: RouteMatch,
    requestId: string,
  ): Promise<Buffer> {
    const tooLarge = new RefusedError(413, 'Request Entity Too Large');
    if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT) throw tooLarge;
    const body = await readBody(request, BODY_LIMIT).catch((error: unknown) => {
      throw error instanceof BodyTooLargeError ? tooLarge : error;
    });
    const { stack, originHeader } = this.#deps;
    const about = { ...stack, ...route, routeKey: route.key, pathParameters, requestId, originHeader };
    const payload = Buffer.from(JSON.stringify(gatewayEvent(request, body, about, Date.now())));
    if (payload.length > EVENT_LIMIT) throw tooLarge;
    return payload;
  }
}

/** Without a permission for API Gateway, AWS answers 500. */
const mayInvoke = (fn: FunctionModel): boolean =>
  fn.invokers.some(({ principal }) => principal === 'apigateway.amazonaws.com');

/** The value, or undefined when it takes longer. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const settled = new AbortController();
  try {
    return await Promise.race([promise, sleep(ms, undefined, { signal: settled.signal })]);
  } finally {
    settled.abort();
  }
}
