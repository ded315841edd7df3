import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Nothing inline, nothing from elsewhere, no frames, no forms that leave the page. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // What is shown may be private: it is kept nowhere.
  'cache-control': 'no-store',
};

export function sendBytes(
  response: ServerResponse,
  type: string,
  bytes: Uint8Array,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  response.writeHead(status, {
    ...HEADERS,
    'content-type': type,
    'content-length': bytes.byteLength,
    ...headers,
  });
  response.end(bytes);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers?: Record<string, string>,
): void {
  const bytes = Buffer.from(JSON.stringify(value));
  sendBytes(response, 'application/json', bytes, { status, ...(headers && { headers }) });
}

/** JSON that a page asks for again and again: what it has already is not sent once more. */
export function sendTagged(request: IncomingMessage, response: ServerResponse, value: unknown): void {
  const bytes = Buffer.from(JSON.stringify(value));
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { ...HEADERS, etag });
    response.end();
    return;
  }
  sendBytes(response, 'application/json', bytes, { headers: { etag } });
}

/** Lines of JSON, each sent when it comes; the last one tells how it ended. */
export async function sendLines(response: ServerResponse, lines: AsyncIterable<unknown>): Promise<void> {
  response.writeHead(200, { ...HEADERS, 'content-type': 'application/x-ndjson' });
  for await (const line of lines) response.write(`${JSON.stringify(line)}\n`);
  response.end();
}
