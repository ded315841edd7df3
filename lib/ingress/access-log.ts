import { METRIC_DIMENSION } from '../../lambda/core/model/index.ts';

/** What the access log says of each request: never a header's value, a query or a body. */
export const accessLogFormat = (stackName: string): string =>
  JSON.stringify({
    // A metric filter can take its dimension only from a field of the log.
    [METRIC_DIMENSION]: stackName,
    requestId: '$context.requestId',
    requestTime: '$context.requestTime',
    sourceIp: '$context.identity.sourceIp',
    routeKey: '$context.routeKey',
    status: '$context.status',
    responseLatency: '$context.responseLatency',
    responseLength: '$context.responseLength',
    integrationStatus: '$context.integration.status',
    integrationError: '$context.integrationErrorMessage',
    integrationLatency: '$context.integrationLatency',
    gatewayError: '$context.error.message',
  });
