import { isObject } from '../json.ts';
import type { Schema } from './schema.ts';

/** The types of this project for what TypeScript's own would not hold. */
const NUMBER = 'number | ExactNumber';
const ANY = 'Json';
const ANY_OBJECT = 'JsonObject';

/** Where the definitions of a schema are for the library. */
const DEFINITIONS = 'definitions';

/**
 * A schema as the library for types gets it: only keywords that say something about types, as the library would take
 * TypeScript from some others; a number may have more digits than a double, and any value is JSON. Objects are closed,
 * so that a misspelt name does not compile, unless they say that they are open.
 */
export function prepare(schema: Schema): Schema {
  const definitions = Object.entries({ ...objectOf(schema.definitions), ...objectOf(schema.$defs) });
  return {
    ...partOf(schema),
    ...(definitions.length > 0 && {
      [DEFINITIONS]: Object.fromEntries(definitions.map(([name, part]) => [name, partOf(part)])),
    }),
  };
}

const objectOf = (value: unknown): Schema => (isObject(value) ? value : {});

function partOf(part: unknown): Schema {
  if (part === false) return { tsType: 'never' };
  if (!isObject(part)) return { tsType: ANY };
  const { type, description } = part;
  const described = typeof description === 'string' && description !== '' ? { description } : {};
  if (Array.isArray(type)) {
    const variants = type.map((one) => ({ ...part, type: one, description: undefined }));
    return { ...described, anyOf: variants.map(partOf) };
  }
  return { ...described, ...shapeOf(part) };
}

/** What a part says of its values. What it combines takes precedence over what it says besides. */
function shapeOf(part: Schema): Schema {
  const { $ref, type } = part;
  if (typeof $ref === 'string') return { $ref: $ref.replace(/^#\/\$defs\//, `#/${DEFINITIONS}/`) };
  if ('const' in part) return { enum: [part.const] };
  if (Array.isArray(part.enum)) return { enum: part.enum };
  const combined = combinationOf(part);
  if (combined !== undefined) return combined;
  if (type === 'number' || type === 'integer') return { tsType: NUMBER };
  if (type === 'array' || part.items !== undefined) return { type: 'array', items: itemOf(part) };
  if (type === 'object' || part.properties !== undefined) return objectShape(part);
  return typeof type === 'string' ? { type } : { tsType: ANY };
}

function combinationOf(part: Schema): Schema | undefined {
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const parts = part[keyword];
    if (!Array.isArray(parts) || parts.length === 0) continue;
    const combined = { [keyword === 'oneOf' ? 'anyOf' : keyword]: parts.map(partOf) };
    if (part.properties === undefined) return combined;
    return { allOf: [objectShape(part), combined] };
  }
  return undefined;
}

/** Of a tuple, any of its items may stand anywhere. */
function itemOf({ items, prefixItems }: Schema): Schema {
  const several = Array.isArray(items) ? items : prefixItems;
  if (!Array.isArray(several)) return partOf(items);
  return several.length === 0 ? { tsType: ANY } : { anyOf: several.map(partOf) };
}

function objectShape(part: Schema): Schema {
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
    properties: Object.fromEntries(named.map(([name, value]) => [name, partOf(value)])),
    required: Array.isArray(required)
      ? required.filter((name) => named.some(([known]) => known === name))
      : [],
    // Beside named properties of other types, TypeScript knows no type for the rest but any.
    additionalProperties: openPart(isOpen || named.length > 0, additionalProperties),
  };
}

function openPart(isAny: boolean, additional: unknown): unknown {
  if (additional === undefined || additional === false) return false;
  return isAny ? { tsType: `${ANY} | undefined` } : partOf(additional);
}
