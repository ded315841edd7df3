/**
 * What the product's bundles have in place of `@aws/lambda-invoke-store`, where a function that handles several events at once finds the
 * trace of each. Ours handle one at a time, and the SDK then takes the trace from the environment.
 */
export const InvokeStore = { getInstanceAsync: async () => undefined };
