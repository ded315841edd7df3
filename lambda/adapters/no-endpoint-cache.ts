/**
 * What the product's bundles have in place of `@aws-sdk/endpoint-cache` and its map for a thousand addresses: the client of DynamoDB
 * makes one, and uses it only where endpoint discovery is switched on. Then it knows no address, and calls go to the usual one.
 */
export class EndpointCache {
  get(): undefined {}
  getEndpoint(): undefined {}
  set(): void {}
  delete(): void {}
  has(): false {
    return false;
  }
  clear(): void {}
}
