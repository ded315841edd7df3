import { isObject, type JsonObject } from '../json.ts';

/** A JSON schema, or one of its parts. */
export type Schema = JsonObject;

/** Keywords that hold a schema, a list of them, or one for each name. */
const ONE = [
  ...['items', 'additionalItems', 'unevaluatedItems', 'contains'],
  ...['additionalProperties', 'unevaluatedProperties', 'propertyNames'],
  ...['not', 'if', 'then', 'else'],
];
const LIST = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const NAMED = ['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas'];
/** Of these, the schemas describe the very value that the schema around them describes. */
const IN_PLACE = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'];

/** What stands at the places of a schema at which there may be another, and where that is. */
export function* partsOf(schema: Schema, path = '#'): Generator<[part: unknown, path: string]> {
  for (const keyword of [...ONE, ...LIST, ...NAMED]) {
    const value = schema[keyword];
    if (value === undefined) continue;
    const isMany = LIST.includes(keyword) || NAMED.includes(keyword) || Array.isArray(value);
    if (!isMany) yield [value, `${path}/${keyword}`];
    else if (typeof value !== 'object' || value === null) yield [value, `${path}/${keyword}`];
    else for (const [key, part] of Object.entries(value)) yield [part, `${path}/${keyword}/${key}`];
  }
  yield* dependenciesOf(schema, path);
}

/** A dependency is a schema, or a list of names. */
function* dependenciesOf({ dependencies }: Schema, path: string): Generator<[part: unknown, path: string]> {
  if (!isObject(dependencies)) return;
  for (const [name, part] of Object.entries(dependencies))
    if (!Array.isArray(part)) yield [part, `${path}/dependencies/${name}`];
}

/** A copy of a schema in which `change` has been applied to it and to each schema in it, from the outside in. */
export function mapParts(schema: Schema, change: (part: Schema) => Schema): Schema {
  const mapOne = (part: unknown) => (isObject(part) ? mapParts(part, change) : part);
  const mapValue = (keyword: string, value: unknown): unknown => {
    if (Array.isArray(value)) return [...ONE, ...LIST].includes(keyword) ? value.map(mapOne) : value;
    if (ONE.includes(keyword)) return mapOne(value);
    if (!isObject(value) || ![...NAMED, 'dependencies'].includes(keyword)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mapOne(part)]));
  };
  const entries = Object.entries(change(schema));
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, mapValue(keyword, value)]));
}

/** The part of a schema that a reference within it names, by a pointer or by an anchor. */
export function at(root: Schema, reference: string): unknown {
  const fragment = decoded(reference.replace(/^#/, ''));
  if (fragment === undefined) return undefined;
  if (fragment !== '' && !fragment.startsWith('/')) return anchored(root, fragment);
  const steps = fragment.split('/').filter(Boolean);
  const names = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? Reflect.get(value, name)
        : undefined,
    root,
  );
}

/** Undefined for what is not percent-encoded as it should be. */
export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Before `$anchor`, an id that is only a fragment was one. */
const isAnchored = ({ $anchor, $dynamicAnchor, $id, id }: Schema, name: string): boolean =>
  [$anchor, $dynamicAnchor].includes(name) || [$id, id].includes(`#${name}`);

function anchored(schema: Schema, name: string): Schema | undefined {
  if (isAnchored(schema, name)) return schema;
  for (const [part] of partsOf(schema)) {
    const found = isObject(part) ? anchored(part, name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Whether validating a value against a schema leads back to the same schema for the same value, and so never ends. Parts of
 * the value may well be described by the schema itself.
 */
export function describesItself(schema: Schema, root: Schema): boolean {
  const seen = new Set<Schema>();
  const next = [...inPlace(schema, root)];
  for (let one = next.pop(); one !== undefined; one = next.pop()) {
    if (one === schema) return true;
    if (seen.has(one)) continue;
    seen.add(one);
    next.push(...inPlace(one, root));
  }
  return false;
}

function inPlace(schema: Schema, root: Schema): Schema[] {
  const parts = [
    ...(typeof schema.$ref === 'string' ? [at(root, schema.$ref)] : []),
    ...IN_PLACE.flatMap((keyword) => schema[keyword] ?? []),
  ];
  return parts.filter(isObject);
}
