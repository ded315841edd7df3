import { mapParts, type Schema } from '../types/parts.ts';

/**
 * A schema as the validator takes it, whichever draft it is written for. Ids are dropped: a reference is only followed
 * within the schema, and counts from its root.
 */
export const plainSchema = (schema: Schema): Schema => mapParts(schema, plainPart);

function plainPart(part: Schema): Schema {
  // The validator has a reading of its own of `nullable`, which is OpenAPI's word and none of JSON Schema's.
  const { $schema: _draft, $id, id, nullable: _openApi, ...rest } = part;
  const [anchor] = [$id, id].flatMap((one) => (typeof one === 'string' ? (ANCHOR.exec(one)?.[1] ?? []) : []));
  return withBounds({ ...rest, ...(anchor !== undefined && { $anchor: anchor }) });
}

/** Before `$anchor`, an id that is only a fragment was one. */
const ANCHOR = /^#([A-Za-z_][-\w.]*)$/;

/** Up to draft 4, a bound beside it was said to be exclusive or not. */
function withBounds(part: Schema): Schema {
  const bounded = { ...part };
  for (const [bound, exclusive] of BOUNDS) {
    const isExclusive = bounded[exclusive];
    if (typeof isExclusive !== 'boolean') continue;
    delete bounded[exclusive];
    if (!isExclusive || typeof bounded[bound] !== 'number') continue;
    bounded[exclusive] = bounded[bound];
    delete bounded[bound];
  }
  return bounded;
}

const BOUNDS = [
  ['minimum', 'exclusiveMinimum'],
  ['maximum', 'exclusiveMaximum'],
] as const;
