/**
 * What the product's bundles have in place of `@aws-sdk/middleware-endpoint-discovery`: calls go to the usual address of DynamoDB, and
 * none is looked up. The client asks for the settings of a search, and for a map of a thousand addresses.
 */
export const resolveEndpointDiscoveryConfig = <T>(config: T): T => config;

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: undefined,
};
