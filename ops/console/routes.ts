import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Stage } from '../stage/stage.ts';
import { sendBytes, sendJson } from './answer.ts';
import { createApi } from './api/api.ts';
import { pageWith, readPageFiles } from './files.ts';
import { refusal } from './guard.ts';

/** Takes a request, or leaves it to whoever shares the port by answering false. */
export type ConsoleHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export interface ConsoleRoutesOptions {
  /** What every call for data must carry. @default a new one */
  token?: string;
  /**
   * Puts the token into the page, for everybody on this machine who loads it. Right for the local run, whose data
   * are test data; a deployed stage's token is only in the link that the command prints. @default false
   */
  tokenInPage?: boolean;
}

const API = '/console/api/';

/** A token of this start. */
export const createToken = (): string => randomBytes(32).toString('base64url');

/** The page at `/`, its files and its data below `/console/`. */
export function consoleRoutes(stage: Stage, options: ConsoleRoutesOptions = {}): ConsoleHandler {
  const { token = createToken(), tokenInPage = false } = options;
  const files = readPageFiles();
  const html = files.get('/console/index.html');
  if (!html) throw new Error('ops/console/page/index.html is missing from this installation');
  files.delete('/console/index.html');
  const page = pageWith(html, tokenInPage ? token : '');
  const api = createApi(stage);

  return async (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    if (path.startsWith(API)) {
      const why = refusal(request, 'data', token);
      if (why) sendJson(response, 403, { message: why });
      else await api(path.slice(API.length), request, response);
      return true;
    }
    const isPage = path === '/';
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (!(isPage && reads) && !path.startsWith('/console/')) return false;
    const file = isPage ? page : files.get(path);
    const why = refusal(request, isPage ? 'page' : 'file', token);
    if (why) sendJson(response, 403, { message: why });
    else if (!file) sendJson(response, 404, { message: 'The console has no such file.' });
    else if (!reads) sendJson(response, 405, { message: 'Only GET.' }, { allow: 'GET, HEAD' });
    else sendBytes(response, file.type, file.bytes);
    return true;
  };
}
