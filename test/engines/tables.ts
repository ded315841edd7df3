import { randomInt } from 'node:crypto';
import type { AwsBackend, AwsRequest, AwsResponse } from '../../local/emulators/messages.ts';
import { passOn } from './pass-on.ts';

const WRITES = /^(PutItem|UpdateItem|DeleteItem|BatchWriteItem)$/;

/**
 * DynamoDB as moto's server implements it. Each instance has an account of its own, so that runs do not meet. moto checks
 * a condition and writes in two steps, between which another writer may come; so writes go one at a time.
 */
export class MotoTables implements AwsBackend {
  readonly #url: string;
  readonly #account = String(randomInt(1e11, 1e12 - 1));
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(url: string) {
    this.#url = url;
  }

  handle(request: AwsRequest): Promise<AwsResponse> {
    const call = () => passOn(this.#url, request, { headers: { 'x-moto-account-id': this.#account } });
    if (!WRITES.test(request.operation)) return call();
    const write = this.#lastWrite.then(call);
    this.#lastWrite = write.catch(() => {});
    return write;
  }

  async close(): Promise<void> {}
}
