import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

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
