import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pathOf } from '../http/index.ts';
import type { Stage } from '../stage/stage.ts';
import { sendBytes, sendJson } from './answer.ts';
import { createApi } from './api/api.ts';
import { refusal } from './guard.ts';

/** Answers a request, or returns false to leave it to the other handlers on the port. */
export type ConsoleHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export interface ConsoleRoutesOptions {
  /** What every call for data must carry. @default a new one */
  token?: string;
  /**
   * Puts the token into the page, for everyone on this machine who loads it. Right for the local run, whose data is
   * test data; for a deployed stage the token is only in the link that the command prints. @default false
   */
  tokenInPage?: boolean;
}

const API = '/console/api/';

export const createToken = (): string => randomBytes(32).toString('base64url');

/** The page at `/`, its files and its data below `/console/`. */
export function consoleRoutes(stage: Stage, options: ConsoleRoutesOptions = {}): ConsoleHandler {
  const { token = createToken(), tokenInPage = false } = options;
  const files = readPageFiles();
  const html = files.get('/console/index.html');
  if (!html) throw new Error('ops/console/page/index.html is missing from this installation');
  files.delete('/console/index.html');
  // Empty where not everyone who can load the page may have the token.
  const text = html.bytes.toString().replace('%TOKEN%', tokenInPage ? token : '');
  files.set('/', { ...html, bytes: Buffer.from(text) });
  const api = createApi(stage);

  return async (request, response) => {
    const path = pathOf(request);
    if (path.startsWith(API)) {
      const reason = refusal(request, 'data', token);
      if (reason) sendJson(response, 403, { message: reason });
      else await api(path.slice(API.length), request, response);
      return true;
    }
    const isPage = path === '/';
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (!(isPage && reads) && !path.startsWith('/console/')) return false;
    const file = files.get(path);
    const reason = refusal(request, isPage ? 'page' : 'file', token);
    if (reason) sendJson(response, 403, { message: reason });
    else if (!file) sendJson(response, 404, { message: 'the console has no such file' });
    else if (!reads)
      sendJson(response, 405, { message: 'only GET and HEAD are allowed' }, { allow: 'GET, HEAD' });
    else sendBytes(response, file.type, file.bytes);
    return true;
  };
}

export interface PageFile {
  type: string;
  bytes: Buffer;
}

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** All files in `page/`, by path below `/console/`. Nothing else is ever served from disk. */
function readPageFiles(directory = join(import.meta.dirname, 'page')): Map<string, PageFile> {
  const names = readdirSync(directory).filter((name) => extname(name) in TYPES);
  return new Map(
    names.map((name) => {
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      return [`/console/${name}`, { type, bytes: readFileSync(join(directory, name)) }];
    }),
  );
}
