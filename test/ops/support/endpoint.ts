/** As CloudFormation lists what AWS counts requests and invocations for. */
export const ENDPOINT_RESOURCES = [
  ['AWS::Lambda::Function', 'WebhooksVerifierFunction7464F713', 'verifier-1'],
  ['AWS::ApiGatewayV2::Api', 'WebhooksEndpointApi2C8D47E9', 'api-1'],
  ['AWS::ApiGatewayV2::Stage', 'WebhooksEndpointStage224EB989', '$default'],
].map(([ResourceType, LogicalResourceId, PhysicalResourceId]) => ({
  ResourceType,
  LogicalResourceId,
  PhysicalResourceId,
}));

/** The labels of these metrics. */
export const CRASHED = 'AWS/Lambda Errors verifier-1';
export const NOT_STARTED = 'AWS/Lambda Throttles verifier-1';
export const SERVER_ERRORS = 'AWS/ApiGateway 5xx api-1 $default';
