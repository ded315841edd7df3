import { isObject } from '../json.ts';
import { at, type Schema } from './parts.ts';

/** Nesting at which optional parts are left out: a schema may contain itself. */
const DEEP = 6;

/** A value that a schema describes, the same each time: its own example or default, if it has one. */
export function exampleOf(schema: unknown, root: Schema, depth = 0): unknown {
  if (!isObject(schema)) return 'text';
  if (typeof schema.$ref === 'string') return exampleOf(at(root, schema.$ref), root, depth + 1);
  const given = givenIn(schema);
  if (given !== undefined) return given.value;
  const [variant] = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  const parts = [...listOf(schema.allOf), ...(variant === undefined ? [] : [variant])];
  if (parts.length === 0) return plainExample(schema, root, depth);
  const examples = parts.map((part) => exampleOf(part, root, depth + 1));
  if (!examples.every(isObject)) return examples[0];
  const own = schema.properties === undefined ? {} : plainExample(schema, root, depth);
  return Object.assign({}, own, ...examples);
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A value that the schema names itself. */
function givenIn({ examples, default: byDefault, const: fixed, enum: values }: Schema) {
  for (const list of [fixed === undefined ? [] : [fixed], examples, values])
    if (Array.isArray(list) && list.length > 0) return { value: list[0] };
  return byDefault === undefined ? undefined : { value: byDefault };
}

function plainExample(schema: Schema, root: Schema, depth: number): unknown {
  const type = [schema.type].flat().find((one) => one !== 'null');
  if (type === 'object' || (type === undefined && schema.properties !== undefined))
    return objectExample(schema, root, depth);
  if (type === 'array') return depth > DEEP ? [] : arrayExample(schema, root, depth);
  if (type === 'number' || type === 'integer') return numberExample(schema);
  if (type === 'boolean') return true;
  if (type === undefined && schema.type === 'null') return null;
  return textExample(schema);
}

function objectExample({ properties, required }: Schema, root: Schema, depth: number): Schema {
  const needed = Array.isArray(required) ? required : [];
  const entries = Object.entries(isObject(properties) ? properties : {});
  const kept = entries.filter(([name]) => depth <= DEEP || needed.includes(name));
  return Object.fromEntries(kept.map(([name, part]) => [name, exampleOf(part, root, depth + 1)]));
}

function arrayExample({ items, minItems }: Schema, root: Schema, depth: number): unknown[] {
  const item = exampleOf(Array.isArray(items) ? items[0] : items, root, depth + 1);
  return Array.from({ length: Math.max(1, Math.min(Number(minItems) || 1, 10)) }, () => item);
}

function numberExample({ minimum, exclusiveMinimum, maximum }: Schema): number {
  if (typeof minimum === 'number') return minimum;
  if (typeof exclusiveMinimum === 'number') return Math.floor(exclusiveMinimum) + 1;
  return typeof maximum === 'number' && maximum < 1 ? maximum : 1;
}

const FORMATS: Record<string, string> = {
  date: '2026-01-01',
  'date-time': '2026-01-01T00:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '55555555-0000-4000-8000-000000000005',
};

function textExample({ format, minLength, maxLength }: Schema): string {
  const text = FORMATS[String(format)] ?? 'text';
  return text
    .padEnd(Number(minLength) || 0, 'x')
    .slice(0, typeof maxLength === 'number' ? maxLength : undefined);
}
