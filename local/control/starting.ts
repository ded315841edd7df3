import { isOwnRequest, pathOf, sendJson } from '../../ops/http/index.ts';
import type { RequestHandler } from '../http/front.ts';

/** Answers `GET /_local/health` while there is no run: everything else waits for one. */
export const healthOfStart: RequestHandler = (request, response) => {
  if (request.method !== 'GET' || pathOf(request) !== '/_local/health' || !isOwnRequest(request))
    return false;
  sendJson(response, 503, { status: 'starting' });
  return true;
};
