import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as http from '../http/index.ts';

/** Gives a caller what it asked for. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Nothing inline, nothing from elsewhere, no frames, no forms that leave the page. */
const CONTENT_SECURITY_POLICY = [
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
  // What is shown may be private, so no cache may keep it.
  'cache-control': 'no-store',
};

export const sendBytes = (response: ServerResponse, type: string, bytes: Uint8Array): void =>
  http.sendBytes(response, 200, bytes, { ...HEADERS, 'content-type': type });

export const sendJson = (
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void => http.sendJson(response, status, value, { ...HEADERS, ...headers });

/** JSON that is requested once. */
export const json =
  (value: unknown): Answer =>
  (_request, response) =>
    sendJson(response, 200, value);

/** JSON that the page polls: 304 while the page already has it. */
export const polledJson =
  (value: unknown): Answer =>
  (request, response) => {
    const digest = createHash('sha256').update(JSON.stringify(value)).digest('base64url');
    const etag = `"${digest.slice(0, 22)}"`;
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { ...HEADERS, etag }).end();
    else sendJson(response, 200, value, { etag });
  };

/** Lines of JSON, each sent as soon as the work pushes it; the last one says how the work ended. */
export const jsonLines =
  <T>(work: (push: (line: T) => void) => Promise<void>): Answer =>
  async (_request, response) => {
    response.writeHead(200, { ...HEADERS, 'content-type': 'application/x-ndjson' });
    await work((line) => response.write(`${JSON.stringify(line)}\n`));
    response.end();
  };

/** Bytes, shown unchanged as text. */
export const plainText =
  (bytes: Uint8Array): Answer =>
  (_request, response) =>
    sendBytes(response, 'text/plain; charset=utf-8', bytes);
