import { isObject, type JsonObject } from '../json.ts';

/** A JSON schema, or one of its parts. */
export type Schema = JsonObject;

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
/** Keywords that hold a schema, a list of them, or one for each name. */
const ONE = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'];
const LIST = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const NAMED = ['properties', 'patternProperties', 'definitions', '$defs'];
/** Nesting beyond which a schema is taken for a mistake. */
const DEEPEST = 100;

/** What is wrong with a schema; undefined if nothing is. A reference is followed within the schema only. */
export function problemOf(schema: Schema, root = schema, path = '#', depth = 0): string | undefined {
  if (depth > DEEPEST) return `${path.slice(0, 60)}… is nested too deeply`;
  const { type, $ref, required, enum: values } = schema;
  const types = type === undefined ? [] : [type].flat();
  if (types.some((one) => typeof one !== 'string' || !TYPES.includes(one))) return `${path}/type is no type`;
  if ($ref !== undefined && typeof $ref !== 'string') return `${path}/$ref is no text`;
  if (typeof $ref === 'string' && !$ref.startsWith('#'))
    return `${path}/$ref leads elsewhere, and is not followed`;
  if (typeof $ref === 'string' && !isObject(at(root, $ref))) return `${path}/$ref leads nowhere`;
  if (required !== undefined && !Array.isArray(required)) return `${path}/required is no list`;
  if (values !== undefined && !Array.isArray(values)) return `${path}/enum is no list`;
  for (const [part, where] of partsOf(schema, path)) {
    if (typeof part === 'boolean') continue;
    if (!isObject(part)) return `${where} is no schema`;
    const problem = problemOf(part, root, where, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function* partsOf(schema: Schema, path: string): Generator<[part: unknown, path: string]> {
  for (const keyword of [...ONE, ...LIST, ...NAMED]) {
    const value = schema[keyword];
    if (value === undefined) continue;
    const isMany = LIST.includes(keyword) || NAMED.includes(keyword) || Array.isArray(value);
    if (!isMany) yield [value, `${path}/${keyword}`];
    else if (typeof value !== 'object' || value === null) yield [value, `${path}/${keyword}`];
    else for (const [key, part] of Object.entries(value)) yield [part, `${path}/${keyword}/${key}`];
  }
}

/** The part of a schema that a reference within it names. */
export function at(root: Schema, reference: string): unknown {
  const steps = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  const names = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
    root,
  );
}
