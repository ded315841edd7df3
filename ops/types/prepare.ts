import { isObject } from '../json.ts';
import { Definitions } from './definitions.ts';
import type { Schema } from './parts.ts';

/** The types of this project for what TypeScript's own would not hold. */
const NUMBER = 'number | ExactNumber';
const ANY = 'Json';
const ANY_OBJECT = 'JsonObject';

/**
 * A schema as the library for types gets it: only keywords that say something about types, as the library would take
 * TypeScript from some others; a number may have more digits than a double, and any value is JSON. Objects are closed,
 * so that a misspelt name does not compile, unless they say that they are open.
 */
export function prepare(schema: Schema): Schema {
  const definitions = new Definitions(schema);
  const prepared = partOf(schema, definitions);
  return { ...prepared, ...definitions.complete((part) => partOf(part, definitions)) };
}

const objectOf = (value: unknown): Schema => (isObject(value) ? value : {});

function partOf(part: unknown, definitions: Definitions): Schema {
  if (part === false) return { tsType: 'never' };
  if (!isObject(part)) return { tsType: ANY };
  const { description } = part;
  const described = typeof description === 'string' && description !== '' ? { description } : {};
  return { ...described, ...shapeOf(part, definitions) };
}

/** What a part says of its values. What it names or combines takes precedence over what it says besides. */
function shapeOf(part: Schema, definitions: Definitions): Schema {
  const { $ref, type } = part;
  if (typeof $ref === 'string') return definitions.refer($ref);
  if ('const' in part) return { enum: [part.const] };
  if (Array.isArray(part.enum)) return { enum: part.enum };
  // Keywords that only speak of values of one type say nothing of the others.
  if (Array.isArray(type)) return { anyOf: type.map((one) => shapeOf({ ...part, type: one }, definitions)) };
  return combinationOf(part, definitions) ?? plainShape(part, definitions);
}

function plainShape(part: Schema, definitions: Definitions): Schema {
  const type = typeOf(part);
  if (type === 'number' || type === 'integer') return { tsType: NUMBER };
  if (type === 'array') return { type, items: itemOf(part, definitions) };
  if (type === 'object') return objectShape(part, definitions);
  return type === undefined ? { tsType: ANY } : { type };
}

/** What a part says of its type, if need be by keywords that schemas without a type are written for. */
function typeOf({ type, items, prefixItems, properties }: Schema): string | undefined {
  if (typeof type === 'string') return type;
  if (items !== undefined || prefixItems !== undefined) return 'array';
  return properties === undefined ? undefined : 'object';
}

function combinationOf(part: Schema, definitions: Definitions): Schema | undefined {
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const parts = telling(keyword, part[keyword]);
    if (parts.length === 0) continue;
    const all = parts.map((one) => partOf(withType(one, part.type), definitions));
    const combined = { [keyword === 'oneOf' ? 'anyOf' : keyword]: all };
    if (part.properties === undefined || typeOf(part) !== 'object') return combined;
    return { allOf: [objectShape(part, definitions), combined] };
  }
  return undefined;
}

/** Those parts of a combination that say something about types; an alternative that says nothing leaves all open. */
function telling(keyword: string, parts: unknown): unknown[] {
  if (!Array.isArray(parts)) return [];
  if (keyword === 'allOf') return parts.filter(saysType);
  return parts.every(saysType) ? parts : [];
}

const TELLING = [
  ...['$ref', 'const', 'enum', 'type', 'anyOf', 'oneOf', 'allOf', 'items', 'prefixItems'],
  ...['properties', 'additionalProperties', 'patternProperties'],
];

const saysType = (part: unknown): boolean =>
  isObject(part) ? TELLING.some((keyword) => part[keyword] !== undefined) : part !== true;

/** What is combined holds for values of the type beside it. */
const withType = (part: unknown, type: unknown): unknown =>
  isObject(part) && part.type === undefined && type !== undefined ? { ...part, type } : part;

/** Of a tuple, any of its items may stand anywhere. */
function itemOf({ items, prefixItems }: Schema, definitions: Definitions): Schema {
  const several = Array.isArray(items) ? items : prefixItems;
  if (!Array.isArray(several)) return partOf(items, definitions);
  return several.length === 0 ? { tsType: ANY } : { anyOf: several.map((one) => partOf(one, definitions)) };
}

function objectShape(part: Schema, definitions: Definitions): Schema {
  const { properties, required, additionalProperties, patternProperties } = part;
  const named = Object.entries(objectOf(properties));
  const isOpen = additionalProperties === true || isObject(patternProperties);
  if (named.length === 0 && !isObject(additionalProperties)) {
    return additionalProperties === false && !isOpen
      ? { type: 'object', additionalProperties: false }
      : { tsType: ANY_OBJECT };
  }
  return {
    type: 'object',
    properties: Object.fromEntries(named.map(([name, value]) => [name, partOf(value, definitions)])),
    required: Array.isArray(required)
      ? required.filter((name) => named.some(([known]) => known === name))
      : [],
    // Beside named properties of other types, TypeScript knows no type for the rest but any.
    additionalProperties: openPart(isOpen || named.length > 0, additionalProperties, definitions),
  };
}

function openPart(isAny: boolean, additional: unknown, definitions: Definitions): unknown {
  if (additional === undefined || additional === false) return false;
  return isAny ? { tsType: `${ANY} | undefined` } : partOf(additional, definitions);
}
