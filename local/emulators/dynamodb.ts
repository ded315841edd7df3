import { EventEmitter, once } from 'node:events';
import dynalite from 'dynalite';
import { KeptMap } from '../state/kept-map.ts';
import type { State } from '../state/state.ts';
import type { AwsBackend, AwsRequest, AwsResponse } from './messages.ts';

/** A call, as it is kept while it is under way. */
type Write = Readonly<{ operation: string; body: string }>;

const WRITES = /^(Put|Update|Delete|BatchWrite)Item$/;

/** dynalite requires these but checks no signature; the front has already authenticated the caller. */
const REQUEST_HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20000101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=x/20000101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x',
};

/** DynamoDB: dynalite, called without a socket, in memory or in a folder. */
export class Dynalite implements AwsBackend {
  readonly #state: State | undefined;
  readonly #server;
  /** Calls without a response so far. dynalite writes the indexes of an item before the item, and it may be killed between. */
  readonly #writes: KeptMap<Write>;
  #count = 0;
  readonly #repaired: Promise<unknown>;

  /** @param state where the tables are kept; undefined: in memory */
  constructor(state?: State) {
    this.#state = state;
    const options = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
    this.#server = dynalite({ ...options, ...(state && { path: state.tables }) });
    this.#writes = new KeptMap(state?.kept, 'write');
    this.#repaired = this.#repair();
  }

  async handle({ operation, body }: Pick<AwsRequest, 'operation' | 'body'>): Promise<AwsResponse> {
    if (!this.#state) return this.#call(operation, body);
    await this.#repaired;
    if (!WRITES.test(operation)) return this.#call(operation, body);
    this.#count += 1;
    const id = `${this.#count}`;
    this.#writes.set(id, { operation, body: body.toString() });
    try {
      return await this.#call(operation, body);
    } finally {
      this.#writes.delete(id);
    }
  }

  /** dynalite closes a store only if its server has listened. */
  async close(): Promise<void> {
    if (!this.#state) return;
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /**
   * Repeats the calls that the last process did not see the end of. Their conditions still hold, or they took effect: their
   * items have not been written since.
   */
  async #repair(): Promise<void> {
    for (const [id, { operation, body }] of [...this.#writes]) {
      await this.#call(operation, Buffer.from(body));
      this.#writes.delete(id);
    }
  }

  #call(operation: string, body: Buffer): Promise<AwsResponse> {
    return new Promise((resolve, reject) => {
      const request = Object.assign(new EventEmitter(), {
        method: 'POST',
        url: '/',
        headers: { ...REQUEST_HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      });
      const headers: Record<string, string> = {};
      const response = {
        statusCode: 200,
        setHeader(name: string, value: unknown) {
          headers[name.toLowerCase()] = String(value);
        },
        end(text: string) {
          resolve({ status: this.statusCode, headers, body: text });
        },
      };
      try {
        this.#server.emit('request', request, response);
        request.emit('data', body);
        request.emit('end');
      } catch (error) {
        reject(error);
      }
    });
  }
}
