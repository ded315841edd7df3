import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Answers with bytes whose content type is among `headers`. */
export function sendBytes(
  response: ServerResponse,
  status: number,
  bytes: Uint8Array,
  headers: OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { ...headers, 'content-length': bytes.byteLength });
  response.end(bytes);
}

/** Answers with JSON. `headers` may replace the content type. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  const bytes = Buffer.from(JSON.stringify(value));
  sendBytes(response, status, bytes, { 'content-type': 'application/json', ...headers });
}

/** A body exceeds the limit that {@link readBody} was given. */
export class BodyTooLargeError extends Error {
  override name = 'BodyTooLargeError';
}

/**
 * Reads the whole body of a request or response, byte for byte.
 * @param limit maximum size in bytes
 * @throws BodyTooLargeError once more than `limit` bytes have arrived; the rest is read and discarded, so that a client
 * that is still sending sees the response
 */
export function readBody(message: IncomingMessage, limit = Number.POSITIVE_INFINITY): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(new BodyTooLargeError(`the body is larger than ${limit} bytes`));
      }
    });
    message.on('end', () => resolve(Buffer.concat(chunks)));
    message.on('error', reject);
    message.on('close', () => {
      if (!message.complete) reject(new Error('the connection was closed before the body was complete'));
    });
  });
}
