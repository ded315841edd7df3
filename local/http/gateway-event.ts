import type { IncomingMessage } from 'node:http';
import { ORIGIN_HEADER } from '../../lambda/environment/origin.ts';
import { pathOf } from '../../ops/http/index.ts';
import type { RouteModel, StackModel } from '../template/model.ts';
import type { RouteMatch } from './routes.ts';

/** The parts of an API and a route that an event carries. */
type EventRoute = Pick<StackModel, 'account' | 'region'> &
  Pick<RouteModel, 'apiId' | 'stage'> &
  Pick<RouteMatch, 'pathParameters'> & {
    readonly routeKey: string;
    readonly requestId: string;
    readonly originHeader?: string | undefined;
  };

type Headers = Readonly<Record<string, string>>;

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
  const path = pathOf(request);
  const query = request.url?.slice(path.length + 1) ?? '';
  const parameters = new URLSearchParams(query);
  const { cookie, ...headers } = joinedHeaders(request);
  const encoded = body.length > 0 && !isText(headers);
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: cookie.split(/; ?/) }),
    headers: { ...edgeHeaders(request, route.originHeader), ...headers },
    ...(parameters.size > 0 && { queryStringParameters: joinedParameters(parameters) }),
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

/** What CloudFront would add. A request that has it already goes on with its own: so a forged one can be tried. */
const edgeHeaders = (request: IncomingMessage, value: string | undefined): Headers =>
  value === undefined
    ? {}
    : {
        [ORIGIN_HEADER]: value,
        'cloudfront-viewer-address': `${addressOf(request)}:${request.socket.remotePort ?? 0}`,
      };

const addressOf = ({ socket }: IncomingMessage): string =>
  (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');

const httpContext = (request: IncomingMessage, path: string, userAgent = '') => ({
  method: request.method,
  path,
  protocol: `HTTP/${request.httpVersion}`,
  sourceIp: addressOf(request),
  userAgent,
});

function isText({ 'content-encoding': encoding = 'identity', 'content-type': type = '' }: Headers): boolean {
  const [media = ''] = type.split(';');
  return encoding === 'identity' && TEXTUAL.test(media.trim().toLowerCase());
}

/** Header names in lower case, repeated ones joined. API Gateway does not pass on those of one connection. */
const joinedHeaders = ({ headersDistinct }: IncomingMessage): Headers =>
  Object.fromEntries(
    Object.entries(headersDistinct)
      .filter(([name]) => name !== 'connection' && name !== 'transfer-encoding')
      .map(([name, values = []]) => [name, values.join(name === 'cookie' ? '; ' : ',')]),
  );

const joinedParameters = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')]));

/** `25/Nov/2026:02:06:02 +0000` */
const clfTime = (time: number): string =>
  new Date(time).toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/, '$1/$2/$3:$4 +0000');
