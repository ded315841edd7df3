import { METRIC_DIMENSION } from '../../lambda/core/model/index.ts';

/** Name of the access log: API Gateway delivers to names that begin like this without a resource policy for each of them. */
export const accessLogGroupOf = (stackName: string): string => `/aws/vendedlogs/apis/${stackName}`;

/**
 * Format of the access log: one JSON line per request, without header values, query or body.
 *
 * Of an error it has a status, and of one of the gateway's own its type, a word of a closed list, but no message: whether API
 * Gateway escapes quotation marks there is not documented, and the metric filter for throttled requests reads only lines that
 * are JSON. `integrationStatus` is what the verifier responded with, `lambdaStatus` what Lambda did.
 */
export const accessLogFormat = (stackName: string): string =>
  JSON.stringify({
    // A metric filter can take a dimension only from a field of the log line.
    [METRIC_DIMENSION]: stackName,
    requestId: '$context.requestId',
    requestTime: '$context.requestTime',
    sourceIp: '$context.identity.sourceIp',
    routeKey: '$context.routeKey',
    status: '$context.status',
    responseLatency: '$context.responseLatency',
    responseLength: '$context.responseLength',
    integrationStatus: '$context.integration.status',
    lambdaStatus: '$context.integration.integrationStatus',
    integrationLatency: '$context.integrationLatency',
    gatewayError: '$context.error.responseType',
  });
