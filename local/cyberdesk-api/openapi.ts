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
  parameters: Parameter[];
  body: Schema | undefined;
  /** Requires no API key. */
  open: boolean;
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
}

/** The API's description, from the file that the client's types are generated from. */
export interface Api {
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

  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      {
        id: operation.operationId,
        parameters: (operation.parameters ?? []).map((parameter) => resolve<Parameter>(parameter)),
        body: operation.requestBody?.content['application/json'].schema,
        open: operation.security?.length === 0,
      },
    ]),
  );
  // Literal paths before those with parameters, as a router would try them.
  routes.sort(([a], [b]) => a.split('{').length - b.split('{').length);
  return { find: createRouter(Object.fromEntries(routes)), resolve };
}
