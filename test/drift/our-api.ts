import { parse } from 'yaml';
import { type Api, type Fields, mapValues, type Operation, type Shape } from './api.ts';

/** The parts of OpenAPI that our description uses. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: string[];
  anyOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  required?: string[];
  properties?: Record<string, Schema>;
}
interface Parameter {
  $ref?: string;
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}
interface Content {
  content?: Record<string, { schema: Schema }>;
}
interface Described {
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content>;
}
interface Document {
  info: { version: string };
  paths: Record<string, Record<string, Described>>;
  webhooks: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema>; parameters: Record<string, Parameter> };
}

/** Our description, and the models that only requests or only responses and webhooks contain. */
export interface OurApi extends Api {
  readonly sent: ReadonlySet<string>;
  readonly received: ReadonlySet<string>;
}

/** Reads `openapi.yaml`. */
export function readOurApi(text: string): OurApi {
  const document: Document = parse(text);
  const { schemas } = document.components;
  const isModel = ({ properties, allOf }: Schema) => properties !== undefined || allOf !== undefined;
  const named = Object.entries(schemas);
  const models = Object.fromEntries(
    named.filter(([, schema]) => isModel(schema)).map(([name, schema]) => [name, fieldsOf(schema, schemas)]),
  );
  const enumerations = Object.fromEntries(
    named.flatMap(([name, schema]) => (schema.enum ? [[name, schema.enum.toSorted()]] : [])),
  );
  const operations = operationsOf(document);
  const webhooks = Object.values(document.webhooks).flatMap((methods) => Object.values(methods));
  const events = webhooks.flatMap(({ requestBody }) => [modelOf(requestBody, schemas)]);
  const [bodies, responses] = [
    Object.values(operations).flatMap(({ body }) => body),
    Object.values(operations).flatMap((operation) => Object.values(operation.responses)),
  ];
  const api = { version: document.info.version, models, enumerations, operations };
  return { ...api, sent: reach(bodies, models), received: reach([...responses, ...events], models) };
}

function fieldsOf(schema: Schema, schemas: Document['components']['schemas']): Fields {
  const parts = (schema.allOf ?? []).map((part) => fieldsOf(resolve(part, schemas), schemas));
  const own = Object.entries(schema.properties ?? {}).map(([name, property]) => [
    name,
    { types: typesOf(property, schemas), optional: !schema.required?.includes(name) },
  ]);
  return Object.assign({}, ...parts, Object.fromEntries(own));
}

const nameOf = ({ $ref = '' }: { $ref?: string }): string => $ref.replace(/.*\//, '');

const resolve = (schema: Schema, schemas: Record<string, Schema>): Schema =>
  schema.$ref === undefined ? schema : (schemas[nameOf(schema)] ?? {});

/** As the reader of the vendor's package writes them: sorted, with the format in place of `string`. */
function typesOf(schema: Schema, schemas: Record<string, Schema>): string[] {
  if (schema.$ref !== undefined) {
    const { properties, allOf, enum: values } = resolve(schema, schemas);
    return properties || allOf || values ? [nameOf(schema)] : ['object'];
  }
  if (schema.anyOf) return sorted(schema.anyOf.flatMap((part) => typesOf(part, schemas)));
  const types = schema.type === undefined ? ['any'] : [schema.type].flat();
  return sorted(
    types.map((type) => {
      if (type === 'array' && schema.items) return `list of ${typesOf(schema.items, schemas).join(' or ')}`;
      return type === 'string' ? (schema.format ?? 'string') : type;
    }),
  );
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

const operationsOf = ({ paths, components }: Document): Record<string, Operation> =>
  Object.fromEntries(
    Object.entries(paths).flatMap(([path, methods]) =>
      METHODS.flatMap((method) => {
        const described = methods[method];
        return described ? [[`${method.toUpperCase()} ${path}`, operationOf(described, components)]] : [];
      }),
    ),
  );

function operationOf(described: Described, { schemas, parameters }: Document['components']): Operation {
  const given = (described.parameters ?? []).map((each) =>
    each.$ref === undefined ? each : (parameters[nameOf(each)] ?? each),
  );
  const query = given
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, required = false, schema }): [string, Shape] => [
      name,
      { types: typesOf(schema, schemas), optional: !required },
    ]);
  const successes = Object.entries(described.responses).filter(([status]) => status.startsWith('2'));
  return {
    query: Object.fromEntries(query),
    headers: given.filter((parameter) => parameter.in === 'header').map(({ name }) => name),
    body: [modelOf(described.requestBody, schemas)].filter((name) => name !== null),
    responses: mapValues(Object.fromEntries(successes), (response) => modelOf(response, schemas)),
  };
}

function modelOf(content: Content | undefined, schemas: Record<string, Schema>): string | null {
  const schema = content?.content?.['application/json']?.schema;
  return schema ? (typesOf(schema, schemas)[0] ?? null) : null;
}

/** Models and enumerations that these models contain, at any depth. */
function reach(from: readonly (string | null)[], models: Api['models']): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (type: string): void => {
    const name = type.replace('list of ', '');
    if (found.has(name)) return;
    found.add(name);
    for (const { types } of Object.values(models[name] ?? {})) types.forEach(visit);
  };
  for (const name of from) if (name !== null) visit(name);
  return found;
}
