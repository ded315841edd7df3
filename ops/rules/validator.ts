import type { ErrorObject, Options } from 'ajv';
import { requireLibrary } from '../types/library.ts';
import type { Schema } from '../types/parts.ts';
import { patterns } from './patterns.ts';
import { plainSchema } from './plain-schema.ts';

/** What is wrong with inputs: where, and what the schema expects there. Never what is there. */
export interface InputProblem {
  path: string;
  expected: string;
}

export type Validate = (inputs: object) => InputProblem[];

/** A schema that bodies cannot be compared with. */
export interface Unusable {
  /** Why, in one line. */
  unusable: string;
}

const OPTIONS: Options = {
  strict: false,
  allErrors: true,
  validateFormats: false,
  logger: false,
  code: { regExp: patterns },
};
const LONGEST_REASON = 200;

/** @throws MissingLibraryError */
export async function validatorOf(schema: Schema): Promise<Validate | Unusable> {
  const { default: Ajv } = await libraryFor(schema);
  try {
    // It reads nothing from elsewhere: a reference that it does not know is an error.
    const validate = new Ajv.default(OPTIONS).compile(plainSchema(schema));
    return (inputs) => (validate(inputs) ? [] : (validate.errors ?? []).map(problemOf));
  } catch (error) {
    return { unusable: reasonOf(error) };
  }
}

/** Two drafts have tuples and references that mean something else than in draft 7. */
function libraryFor({ $schema }: Schema) {
  if (String($schema).includes('/2020-12/')) return requireLibrary('ajv/dist/2020.js');
  return String($schema).includes('/2019-09/') ? requireLibrary('ajv/dist/2019.js') : requireLibrary('ajv');
}

function reasonOf(error: unknown): string {
  const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return line.replace(/^schema is invalid: data/, '#').slice(0, LONGEST_REASON);
}

function problemOf({ instancePath, keyword, params, message = 'is wrong' }: ErrorObject): InputProblem {
  const missing: unknown = keyword === 'required' ? params.missingProperty : undefined;
  const unknown: unknown = params.additionalProperty ?? params.unevaluatedProperty;
  const name = missing ?? unknown;
  const path = name === undefined ? instancePath : `${instancePath}/${String(name)}`;
  if (missing !== undefined) return { path, expected: 'is missing' };
  if (unknown !== undefined) return { path, expected: 'is not in the schema' };
  const allowed = Array.isArray(params.allowedValues) ? `: ${JSON.stringify(params.allowedValues)}` : '';
  return { path, expected: `${message}${allowed}` };
}
