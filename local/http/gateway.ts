import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome } from '../sandbox/outcome.ts';
import type { FunctionModel, RouteModel, StackModel } from '../template/model.ts';
import { gatewayEvent } from './gateway-event.ts';
import { gatewayResponse } from './gateway-response.ts';
import { matchRoute } from './routes.ts';
import { BodyTooLarge, readBody, sendJson } from './server.ts';
import { Throttle } from './throttle.ts';

/** API Gateway's limit for a request's body, in bytes. */
const bodyLimit = 10 * 1024 * 1024;
/** Lambda's limit for the event of a synchronous invocation, in bytes of its JSON. */
const eventLimit = 6 * 1024 * 1024;

/** What the gateway works with. */
export interface GatewayParts {
  readonly stack: StackModel;
  /** Whether the stage's throttle holds here too. */
  readonly throttled: boolean;
  invoke(fn: FunctionModel, payload: Buffer): Promise<Outcome>;
}

/** The stack's HTTP API: routes requests to functions and answers as API Gateway does. */
export class Gateway {
  private readonly parts: GatewayParts;
  private readonly throttles = new Map<RouteModel, Throttle>();

  constructor(parts: GatewayParts) {
    this.parts = parts;
    for (const route of parts.stack.routes) {
      const { throttle } = route;
      if (parts.throttled && throttle)
        this.throttles.set(route, new Throttle(throttle.rate, throttle.burst, performance.now()));
    }
  }

  /** Answers any request; 404 for what the stack has no route for. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { stack } = this.parts;
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const match = matchRoute(stack.routes, request.method ?? 'GET', path);
    const requestId = `${randomUUID().replaceAll('-', '').slice(0, 15)}=`;
    const fail = (status: number, message: string) => {
      // The rest of a refused body is read and dropped: a client that is still sending must get to the answer.
      request.resume();
      sendJson(response, status, { message }, { 'apigw-requestid': requestId });
    };
    if (!match) return fail(404, 'Not Found');
    const { route } = match;
    if (this.throttles.get(route)?.take(performance.now()) === false) return fail(429, 'Too Many Requests');
    const fn = stack.functions.find((candidate) => candidate.arn === route.functionArn);
    if (!fn || !mayInvoke(fn)) return fail(500, 'Internal Server Error');
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit)
      return fail(413, 'Request Entity Too Large');
    let body: Buffer;
    try {
      body = await readBody(request, bodyLimit);
    } catch (error) {
      if (error instanceof BodyTooLarge) return fail(413, 'Request Entity Too Large');
      throw error;
    }
    const about = {
      ...stack,
      ...route,
      routeKey: route.key,
      pathParameters: match.pathParameters,
      requestId,
    };
    const payload = Buffer.from(JSON.stringify(gatewayEvent(request, body, about, Date.now())));
    if (payload.length > eventLimit) return fail(413, 'Request Entity Too Large');
    const outcome = await within(route.timeoutMs, this.parts.invoke(fn, payload));
    if (outcome === undefined) return fail(503, 'Service Unavailable');
    const answer = outcome.ok ? gatewayResponse(outcome.payload) : undefined;
    if (!answer) return fail(500, 'Internal Server Error');
    response.writeHead(answer.status, {
      ...answer.headers,
      'apigw-requestid': requestId,
      'content-length': answer.body.length,
    });
    response.end(answer.body);
  }
}

/** Without a permission for API Gateway, AWS answers 500. */
function mayInvoke(fn: FunctionModel): boolean {
  return fn.invokers.some(({ principal }) => principal === 'apigateway.amazonaws.com');
}

/** The value, or nothing when it takes longer. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
