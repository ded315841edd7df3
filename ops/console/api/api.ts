import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Stage } from '../../stage/stage.ts';
import { sendBytes, sendJson, sendLines, sendTagged } from '../answer.ts';
import type { Answer, Route } from './call.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { eventRoutes } from './events.ts';
import { describeFailure, NotFound, WrongMethod } from './failures.ts';
import { readJson } from './read-json.ts';
import { sendRoutes } from './send.ts';
import { stageRoutes } from './stage.ts';

/** Answers calls for data; whether a caller may have any is settled before. */
export type Api = (name: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createApi(stage: Stage): Api {
  const routes: Record<string, Route> = {
    ...stageRoutes(stage),
    ...eventRoutes(stage),
    ...deadLetterRoutes(stage),
    ...sendRoutes(stage),
  };
  return async (name, request, response) => {
    // A page that is closed ends what it has asked for, between two steps.
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const route = find(routes, request.method ?? 'GET', name);
      const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
      const answer = await route({ query, body: () => readJson(request), signal: gone.signal });
      await give(answer, request, response);
    } catch (error) {
      const { status, ...failure } = describeFailure(error);
      if (response.headersSent) response.destroy();
      else sendJson(response, status, failure);
    }
  };
}

function find(routes: Record<string, Route>, method: string, name: string): Route {
  const key = `${method} ${name}`;
  if (Object.hasOwn(routes, key)) return routes[key] as Route;
  const others = Object.keys(routes).filter((one) => one.endsWith(` ${name}`));
  if (others.length > 0) throw new WrongMethod(`${name} does not take ${method}.`);
  throw new NotFound(`The console has no "${name}".`);
}

async function give(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if ('json' in answer) sendJson(response, 200, answer.json);
  else if ('tagged' in answer) sendTagged(request, response, answer.tagged);
  else if ('lines' in answer) await sendLines(response, answer.lines);
  else sendBytes(response, 'text/plain; charset=utf-8', answer.bytes);
}
