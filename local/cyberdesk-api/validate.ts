import { isJsonObject } from '../../lambda/json/parse.ts';
import type { Api, Schema } from './openapi.ts';

/** One validation error in FastAPI's format. It quotes the input, as FastAPI does. */
export interface Issue {
  type: string;
  loc: (string | number)[];
  msg: string;
  input: unknown;
}

type Location = Issue['loc'];

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const DATE_TIME = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** For each type: whether a value fits; FastAPI's type of issue and its message where it does not. */
const TYPES: Record<string, [fits: (value: unknown) => boolean, type: string, msg: string]> = {
  string: [(value) => typeof value === 'string', 'string_type', 'Input should be a valid string'],
  integer: [Number.isInteger, 'int_type', 'Input should be a valid integer'],
  boolean: [(value) => typeof value === 'boolean', 'bool_type', 'Input should be a valid boolean'],
  array: [Array.isArray, 'list_type', 'Input should be a valid list'],
  null: [(value) => value === null, 'none_required', 'Input should be None'],
  object: [isJsonObject, 'dict_type', 'Input should be a valid dictionary'],
};

/** Everything that is wrong with a value; empty when it is valid. Unknown properties are allowed. */
export function validate(api: Api, given: Schema, input: unknown, loc: Location): Issue[] {
  const schema = api.resolve<Schema>(given);
  const issue = (type: string, msg: string): Issue[] => [{ type, loc, msg, input }];

  if (schema.allOf) return schema.allOf.flatMap((part) => validate(api, part, input, loc));
  if (schema.anyOf) {
    const results = schema.anyOf.map((variant) => validate(api, variant, input, loc));
    return results.some((issues) => issues.length === 0) ? [] : (results[0] ?? []);
  }
  const types = [schema.type ?? []].flat();
  const known = types.flatMap((type) => (TYPES[type] ? [TYPES[type]] : []));
  const [first] = known;
  if (first && !known.some(([fits]) => fits(input))) return issue(first[1], first[2]);
  if (input === null) return [];

  if (schema.enum && !schema.enum.includes(input)) {
    return issue('enum', `Input should be ${schema.enum.map((value) => `'${value}'`).join(', ')}`);
  }
  if (typeof input === 'string') {
    if (schema.format === 'uuid' && !UUID.test(input))
      return issue('uuid_parsing', 'Input should be a valid UUID');
    if (schema.format === 'date-time' && !DATE_TIME.test(input)) {
      return issue('datetime_from_date_parsing', 'Input should be a valid datetime or date');
    }
  }
  if (typeof input === 'number') {
    const { minimum = input, maximum = input } = schema;
    if (input < minimum)
      return issue('greater_than_equal', `Input should be greater than or equal to ${minimum}`);
    if (input > maximum) return issue('less_than_equal', `Input should be less than or equal to ${maximum}`);
  }
  if (Array.isArray(input)) {
    const { minItems = 0, items } = schema;
    if (input.length < minItems) return issue('too_short', `List should have at least ${minItems} item`);
    return items ? input.flatMap((item, index) => validate(api, items, item, [...loc, index])) : [];
  }
  return isJsonObject(input) ? validateObject(api, schema, input, loc) : [];
}

function validateObject(api: Api, schema: Schema, input: Record<string, unknown>, loc: Location): Issue[] {
  const missing = (schema.required ?? [])
    .filter((name) => !(name in input))
    .map((name) => ({ type: 'missing', loc: [...loc, name], msg: 'Field required', input }));
  const wrong = Object.entries(schema.properties ?? {})
    .filter(([name]) => name in input)
    .flatMap(([name, property]) => validate(api, property, input[name], [...loc, name]));
  return [...missing, ...wrong];
}
