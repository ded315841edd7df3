import type { IncomingMessage } from 'node:http';
import type { RouteModel, StackModel } from '../template/model.ts';
import type { RouteMatch } from './routes.ts';

/** The parts of an API and a route that an event carries. */
type EventRoute = Pick<StackModel, 'account' | 'region'> &
  Pick<RouteModel, 'apiId' | 'stage'> &
  Pick<RouteMatch, 'pathParameters'> & { readonly routeKey: string; readonly requestId: string };

/** Content types whose bodies an HTTP API passes on as text; all others are base64-encoded. */
const TEXTUAL = /^(text\/.*|application\/(json|javascript|xml|.*\+json|.*\+xml))$/;

/**
 * The event that an HTTP API sends to a Lambda function, in payload format 2.0.
 * @param time when the request arrived, epoch milliseconds
 */
export function gatewayEvent(
  request: IncomingMessage,
  body: Buffer,
  route: EventRoute,
  time: number,
): object {
  const [path = '/', query = ''] = split(request.url ?? '/', '?');
  const parameters = [...new URLSearchParams(query)];
  const { cookie, ...headers } = joinedHeaders(request.rawHeaders);
  const encoded = body.length > 0 && !isText(headers);
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: cookie.split(/; ?/) }),
    headers,
    ...(parameters.length > 0 && { queryStringParameters: joined(parameters) }),
    requestContext: {
      accountId: route.account,
      apiId: route.apiId,
      domainName: `${route.apiId}.execute-api.${route.region}.amazonaws.com`,
      domainPrefix: route.apiId,
      http: httpContext(request, path, headers['user-agent']),
      requestId: route.requestId,
      routeKey: route.routeKey,
      stage: route.stage,
      time: clfTime(time),
      timeEpoch: time,
    },
    ...(route.pathParameters && { pathParameters: route.pathParameters }),
    ...(body.length > 0 && { body: body.toString(encoded ? 'base64' : 'utf8') }),
    isBase64Encoded: encoded,
  };
}

const httpContext = (request: IncomingMessage, path: string, userAgent = '') => ({
  method: request.method,
  path,
  protocol: `HTTP/${request.httpVersion}`,
  sourceIp: (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
  userAgent,
});

function isText(headers: Readonly<Record<string, string>>): boolean {
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') return false;
  const [type = ''] = split(headers['content-type'] ?? '', ';');
  return TEXTUAL.test(type.trim().toLowerCase());
}

/** Header names in lower case, repeated ones joined with commas. */
function joinedHeaders(raw: readonly string[]): Record<string, string> {
  const pairs: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) {
    pairs.push([(raw[index] ?? '').toLowerCase(), raw[index + 1] ?? '']);
  }
  // API Gateway does not pass these on.
  const kept = pairs.filter(([name]) => name !== 'connection' && name !== 'transfer-encoding');
  return joined(kept);
}

function joined(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const result = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = result.get(name);
    result.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ','}${value}`);
  }
  return Object.fromEntries(result);
}

function split(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `25/Nov/2026:02:06:02 +0000` */
function clfTime(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}
