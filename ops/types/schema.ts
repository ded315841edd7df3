import { isObject } from '../json.ts';
import { at, describesItself, partsOf, type Schema } from './parts.ts';

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
/** Nesting beyond which a schema is taken for a mistake. */
const DEEPEST = 100;

/** What is wrong with a schema; undefined if nothing is. A reference is followed within the schema only. */
export const problemOf = (schema: Schema): string | undefined =>
  problemIn(schema, { root: schema, path: '#', seen: new Set(), depth: 0 });

interface Place {
  root: Schema;
  path: string;
  seen: Set<Schema>;
  depth: number;
}

function problemIn(schema: Schema, place: Place): string | undefined {
  const { root, path, seen, depth } = place;
  if (seen.has(schema)) return undefined;
  seen.add(schema);
  if (depth > DEEPEST) return `${path.slice(0, 60)}… is nested too deeply`;
  const own = ownProblem(schema, path) ?? problemOfReference(schema, root, path);
  if (own !== undefined) return own;
  for (const [part, where] of partsOf(schema, path)) {
    if (typeof part === 'boolean') continue;
    if (!isObject(part)) return `${where} is no schema`;
    const problem = problemIn(part, { ...place, path: where, depth: depth + 1 });
    if (problem !== undefined) return problem;
  }
  // A reference may lead to a place that is not known to hold a schema.
  const { $ref } = schema;
  const target = typeof $ref === 'string' ? at(root, $ref) : undefined;
  return isObject(target)
    ? problemIn(target, { ...place, path: String($ref).slice(0, 60), depth: 0 })
    : undefined;
}

function ownProblem({ type, required, enum: values }: Schema, path: string): string | undefined {
  const types = type === undefined ? [] : [type].flat();
  if (types.some((one) => typeof one !== 'string' || !TYPES.includes(one))) return `${path}/type is no type`;
  if (required !== undefined && !Array.isArray(required)) return `${path}/required is no list`;
  if (values !== undefined && !Array.isArray(values)) return `${path}/enum is no list`;
  return undefined;
}

function problemOfReference(schema: Schema, root: Schema, path: string): string | undefined {
  const { $ref } = schema;
  if ($ref !== undefined && typeof $ref !== 'string') return `${path}/$ref is no text`;
  if (typeof $ref === 'string') {
    if (!$ref.startsWith('#')) return `${path}/$ref leads elsewhere, and is not followed`;
    const target = at(root, $ref);
    if (!isObject(target) && typeof target !== 'boolean') return `${path}/$ref leads nowhere`;
  }
  return describesItself(schema, root) ? `${path} refers to itself endlessly` : undefined;
}
