import type { ServerResponse } from 'node:http';
import { sendJson } from '../../ops/http/index.ts';

export interface ControlCall {
  /** The id in the path; empty where the path has none. */
  readonly id: string;
  readonly query: URLSearchParams;
  /** The JSON body. @throws SyntaxError when it is not JSON */
  readonly body: () => Promise<unknown>;
}

/** Gives a caller what it asked for. */
export type ControlAnswer = (response: ServerResponse) => void;

export const json =
  (value: unknown, status = 200): ControlAnswer =>
  (response) =>
    sendJson(response, status, value);

export type ControlRoute = (call: ControlCall) => Promise<ControlAnswer>;

/** Endpoints by `<METHOD> <path below /_local/>`. */
export type ControlRoutes = Readonly<Record<string, ControlRoute>>;

/** A query parameter is not valid. */
export class BadQueryError extends Error {
  override name = 'BadQueryError';
}

export const notFound = (what: string): ControlAnswer =>
  json({ message: `there is no ${what} with this id` }, 404);
