import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseExact } from '../../lambda/json/parse.ts';
import { createRouter, isOwnRequest, pathOf, queryOf, readBody, sendJson } from '../../ops/http/index.ts';
import { InvalidFaultError } from '../faults/parse-fault.ts';
import type { RequestHandler } from '../http/front.ts';
import type { LocalRun } from '../running.ts';
import { eventRoutes } from './event-routes.ts';
import { faultRoutes } from './fault-routes.ts';
import { BadQueryError, type ControlRoute } from './route.ts';
import { runRoutes } from './run-routes.ts';

const PREFIX = '/_local/';
const BODY_LIMIT = 64 * 1024;

/** Mistakes of the client. */
const MISTAKES = [InvalidFaultError, BadQueryError, SyntaxError];

/** Answers `/_local/…`: state, faults and what else tests and tools need from a run. */
export function controlHandler(run: LocalRun): RequestHandler {
  const find = createRouter<ControlRoute>({ ...runRoutes(run), ...eventRoutes(run), ...faultRoutes(run) });
  return async (request, response) => {
    const path = pathOf(request);
    if (!path.startsWith(PREFIX)) return false;
    const { method = 'GET' } = request;
    const found = find(method, path.slice(PREFIX.length));
    if (!isOwnRequest(request)) sendJson(response, 403, { message: 'only this machine may ask' });
    else if (found.kind === 'route') await respond(found.route, found.parameters.id ?? '', request, response);
    else sendJson(response, 404, { message: `the local run has no ${method} ${path}` });
    return true;
  };
}

async function respond(
  route: ControlRoute,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = async (): Promise<unknown> => parseExact((await readBody(request, BODY_LIMIT)).toString());
    const answer = await route({ id, query: queryOf(request), body });
    answer(response);
  } catch (error) {
    const status = MISTAKES.some((mistake) => error instanceof mistake) ? 400 : 500;
    sendJson(response, status, { message: error instanceof Error ? error.message : String(error) });
  }
}
