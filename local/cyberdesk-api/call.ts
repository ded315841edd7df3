import type { PathParameters } from '../../ops/http/index.ts';
import type { Api, Operation, Parameter, Schema } from './openapi.ts';
import { type Issue, validate } from './validate.ts';

/** A request as it arrived. */
export interface Received {
  method: string;
  /** Path without query. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The body, byte for byte. */
  body: Buffer;
}

/** The answer to give. */
export interface Reply {
  status: number;
  /** JSON, unless it is a Buffer. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A request that matches its operation's description. */
export interface Call {
  path: PathParameters;
  query: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: its shape was checked against the operation's schema
  body: any;
}

export const problem = (status: number, detail: string, headers?: Record<string, string>): Reply => ({
  status,
  body: { detail },
  ...(headers && { headers }),
});

/** The operation of a request; 404 or 405 where there is none. */
export function route(
  api: Api,
  { method, path }: Received,
): { operation: Operation; parameters: PathParameters } | Reply {
  const found = api.find(method, path);
  switch (found.kind) {
    case 'route':
      return { operation: found.route, parameters: found.parameters };
    case 'wrong_method':
      return problem(405, 'Method Not Allowed');
    case 'not_found':
      return problem(404, 'Not Found');
  }
}

/** Reads a request by its operation's description; 422 in FastAPI's form where it does not match. */
export function readCall(
  api: Api,
  operation: Operation,
  path: PathParameters,
  received: Received,
): Call | Reply {
  const query: Record<string, unknown> = {};
  const issues: Issue[] = [];
  for (const parameter of operation.parameters) {
    const { name, schema } = parameter;
    const value = parameter.in === 'path' ? path[name] : readQuery(api, parameter, received.query);
    if (parameter.in === 'header' || value === undefined) continue;
    if (parameter.in === 'query') query[name] = value;
    issues.push(...validate(api, schema, value, [parameter.in, name]));
  }
  const body = operation.body && readBody(api, operation.body, received.body, issues);
  return issues.length > 0 ? { status: 422, body: { detail: issues } } : { path, query, body };
}

function readQuery(api: Api, { name, schema }: Parameter, query: URLSearchParams): unknown {
  const { type, default: fallback } = api.resolve<Schema>(schema);
  const text = query.get(name);
  if (text === null) return fallback;
  if (type === 'array') return query.getAll(name);
  if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(true|false|1|0)$/i.test(text)) return /^(true|1)$/i.test(text);
  return text;
}

function readBody(api: Api, schema: Schema, bytes: Buffer, issues: Issue[]): unknown {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch {
    issues.push({ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} });
    return undefined;
  }
  issues.push(...validate(api, schema, body, ['body']));
  return body;
}
