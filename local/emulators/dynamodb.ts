import { EventEmitter } from 'node:events';
import dynalite from 'dynalite';
import type { AwsBackend, AwsRequest, AwsResponse } from './messages.ts';

/** dynalite requires these but checks no signature; the front has already authenticated the caller. */
const REQUEST_HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20000101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=x/20000101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x',
};

/** DynamoDB in memory: dynalite, called without a socket. */
export class Dynalite implements AwsBackend {
  readonly #server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

  handle({ operation, body }: AwsRequest): Promise<AwsResponse> {
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

  /** Nothing to do: the store is in memory, and the server does not listen. */
  async close(): Promise<void> {}
}
