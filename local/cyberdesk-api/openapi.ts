import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { createRouter } from '../../ops/http/index.ts';

/** The subset of JSON Schema that our OpenAPI file uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  format?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  allOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  parameters: Parameter[];
  body: Schema | undefined;
  /** Requires no API key. */
  open: boolean;
  /** Its answer on success. */
  answer: { status: number; schema: Schema | undefined };
}

interface Document {
  paths: Record<string, Record<string, OperationObject>>;
  components: Record<string, Record<string, unknown>>;
}

interface OperationObject {
  operationId: string;
  security?: unknown[];
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

/** The API's description, from the file that the client's types are generated from. */
export interface Api {
  operations: Operation[];
  find: ReturnType<typeof createRouter<Operation>>;
  /** Resolves a reference within the file. */
  resolve<T extends object>(value: T | { $ref: string }): T;
}

export function loadApi(): Api {
  const file = new URL('../../lambda/cyberdesk/openapi.yaml', import.meta.url);
  const document = parse(readFileSync(file, 'utf8')) as Document;

  const resolve = <T extends object>(value: T | { $ref: string }): T => {
    if (!('$ref' in value) || typeof value.$ref !== 'string') return value as T;
    const [, , kind = '', name = ''] = value.$ref.split('/');
    return resolve(document.components[kind]?.[name] as T);
  };

  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      parameters: (operation.parameters ?? []).map((parameter) => resolve<Parameter>(parameter)),
      body: operation.requestBody?.content['application/json'].schema,
      open: operation.security?.length === 0,
      answer: successOf(operation),
    })),
  );
  // Literal paths before those with parameters, as a router would try them.
  operations.sort((a, b) => a.path.split('{').length - b.path.split('{').length);
  const routes = operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);
  return { operations, find: createRouter(Object.fromEntries(routes)), resolve };
}

function successOf({ responses }: OperationObject): Operation['answer'] {
  const [status = '', response] = Object.entries(responses).find(([code]) => code.startsWith('2')) ?? [];
  return { status: Number(status), schema: response?.content?.['application/json']?.schema };
}
