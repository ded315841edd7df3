import type { IncomingMessage, ServerResponse } from 'node:http';
import { BadArgumentError } from '../../errors.ts';
import { BodyTooLargeError, createRouter, queryOf, readBody } from '../../http/index.ts';
import { queueDepths } from '../../queues/depths.ts';
import { asksFirst, type Stage } from '../../stage/stage.ts';
import { json, polledJson, sendJson } from '../answer.ts';
import { Listing } from '../list/listing.ts';
import type { Route } from './call.ts';
import { chartRoutes } from './chart.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { eraseRoutes } from './erase.ts';
import { eventRoutes } from './events.ts';
import { describeFailure, NotFoundError, WrongMethodError } from './failures.ts';
import { noticeRoutes } from './notices.ts';
import { replayRoutes } from './replay.ts';
import { sendRoutes } from './send.ts';

const API = 'https://api.cyberdesk.io';
/** Cyberdesk documents no address of a single run. */
const DASHBOARD = 'https://cyberdesk.io/dashboard';

/** Answers calls for data; the caller has already been authorised. */
export function createApi(stage: Stage) {
  const listing = new Listing(stage);
  const find = createRouter<Route>({
    ...stageRoutes(stage),
    ...eventRoutes(stage, listing),
    ...eraseRoutes(stage),
    ...deadLetterRoutes(stage, listing),
    ...sendRoutes(stage),
    ...noticeRoutes(stage),
    ...chartRoutes(stage),
    ...replayRoutes(stage, listing),
  });
  return async (name: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Closing the page ends the work that it has asked for, between two steps.
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const { method = 'GET' } = request;
      const found = find(method, name);
      if (found.kind === 'wrong_method') throw new WrongMethodError(`${name} does not support ${method}`);
      if (found.kind === 'not_found') throw new NotFoundError(`the console has no call "${name}"`);
      const query = queryOf(request);
      const answer = await found.route({ query, body: () => readJson(request), signal: gone.signal });
      await answer(request, response);
    } catch (error) {
      const { status, ...failure } = describeFailure(error);
      if (response.headersSent) response.destroy();
      else sendJson(response, status, failure);
    }
  };
}

const stageRoutes = (stage: Stage): Record<string, Route> => ({
  'GET stage': async () =>
    json({
      name: stage.name,
      stack: stage.stackName,
      region: stage.region,
      local: stage.isLocal,
      asks_first: asksFirst(stage),
      ...(stage.outputs.cyberdeskApiUrl === API && { dashboard: DASHBOARD }),
      // How often the page polls, milliseconds: often where it is free, less often where reads cost money.
      interval: stage.isLocal ? 1000 : 4000,
    }),
  'GET queues': async () => polledJson(await queueDepths(stage)),
});

/** Far more than any call needs, including an edited event. Bytes. */
const LIMIT = 1024 * 1024;

/** A body that says it is JSON, which also keeps out plain forms of other websites. @throws BadArgumentError */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new BadArgumentError('the body must be application/json');
  const bytes = await readBody(request, LIMIT).catch((error: Error) => {
    throw error instanceof BodyTooLargeError ? new BadArgumentError(error.message, { cause: error }) : error;
  });
  try {
    return JSON.parse(bytes.toString());
  } catch {
    // The parser's own message quotes the body.
    throw new BadArgumentError('the body is not JSON');
  }
}
