import { parseExact } from '../../lambda/json/parse.ts';
import type { PathParameters } from '../../ops/http/index.ts';
import type { Api, Operation, Parameter, Schema } from './openapi.ts';
import type { Settings } from './options.ts';
import type { Store, StoredRun } from './store.ts';
import { type Issue, validate } from './validate.ts';

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

export interface Reply {
  status: number;
  /** JSON, unless it is a Buffer. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A request that matches its operation's description; `Body` is the type that is generated from it. */
export interface Call<Body = unknown> {
  path: PathParameters;
  query: Record<string, unknown>;
  body: Body;
}

export type Operate<Body = never> = (deps: OperationDeps, call: Call<Body>) => Reply;

/** What the API's operations work on. */
export interface OperationDeps {
  store: Store;
  settings: Pick<Settings, 'listDelayMs' | 'echo'>;
  /** Whether there is such a workflow; runs of any other are refused with 404. */
  isKnown(workflowId: string): boolean;
  /** Called with each run that is scheduled, new or retried. */
  scheduled(run: StoredRun): void;
  /** URL of this server, for links. */
  url(): string;
}

export const problem = (status: number, detail: string, headers?: Record<string, string>): Reply => ({
  status,
  body: { detail },
  ...(headers && { headers }),
});

/** Reads a request by its operation's description, and says in FastAPI's form what does not match. */
export function readCall(
  api: Api,
  operation: Operation,
  path: PathParameters,
  received: Received,
): { call: Call; issues: Issue[] } {
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
  return { call: { path, query, body }, issues };
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
    body = parseExact(bytes.toString('utf8'));
  } catch {
    issues.push({ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} });
    return undefined;
  }
  issues.push(...validate(api, schema, body, ['body']));
  return body;
}
