import type { ErrorObject, ValidateFunction } from 'ajv';
import { OperatorError } from '../errors.ts';
import { requireLibrary } from '../types/library.ts';
import type { Schema } from '../types/parts.ts';

/** What is wrong with inputs: where, and what the schema expects there. Never what is there. */
export interface InputProblem {
  path: string;
  expected: string;
}

export type Validate = (inputs: object) => InputProblem[];

/** Drafts whose tuples and references mean something else than in draft 7. */
const LATER_DRAFT = /\/(2019-09|2020-12)\//;

/** @throws OperatorError if the schema cannot be used */
export async function validatorOf(name: string, schema: Schema): Promise<Validate> {
  const { $schema, $id: _id, id: _oldId, ...rest } = schema;
  const isLater = LATER_DRAFT.test(String($schema));
  const { default: Ajv } = isLater ? await requireLibrary('ajv/dist/2020.js') : await requireLibrary('ajv');
  let validate: ValidateFunction;
  try {
    // It reads nothing from elsewhere: a reference that it does not know is an error.
    const ajv = new Ajv.default({ strict: false, allErrors: true, validateFormats: false, logger: false });
    validate = ajv.compile(rest);
  } catch (cause) {
    throw new OperatorError(`the input schema of workflow "${name}" is not a valid JSON schema`, {
      next: "correct it in Cyberdesk's dashboard",
      cause,
    });
  }
  return (inputs) => (validate(inputs) ? [] : (validate.errors ?? []).map(problemOf));
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
