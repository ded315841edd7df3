/** Where a local run in another process can be reached. */
export interface Address {
  readonly url: string;
  readonly webhookUrl: string;
  readonly secret: string;
  readonly cyberdeskUrl: string;
}
