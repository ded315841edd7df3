import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRouter, queryOf } from '../../http/index.ts';
import type { Stage } from '../../stage/stage.ts';
import { sendBytes, sendJson, sendLines, sendTagged } from '../answer.ts';
import type { Answer, Route } from './call.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { eventRoutes } from './events.ts';
import { describeFailure, NotFoundError, WrongMethodError } from './failures.ts';
import { readJson } from './read-json.ts';
import { sendRoutes } from './send.ts';
import { stageRoutes } from './stage.ts';

/** Answers calls for data; whether the caller may have any has been decided before. */
export type Api = (name: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createApi(stage: Stage): Api {
  const find = createRouter<Route>({
    ...stageRoutes(stage),
    ...eventRoutes(stage),
    ...deadLetterRoutes(stage),
    ...sendRoutes(stage),
  });
  return async (name, request, response) => {
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
      await give(answer, request, response);
    } catch (error) {
      const { status, ...failure } = describeFailure(error);
      if (response.headersSent) response.destroy();
      else sendJson(response, status, failure);
    }
  };
}

async function give(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if ('json' in answer) sendJson(response, 200, answer.json);
  else if ('tagged' in answer) sendTagged(request, response, answer.tagged);
  else if ('lines' in answer) await sendLines(response, answer.lines);
  else sendBytes(response, 'text/plain; charset=utf-8', answer.bytes);
}
