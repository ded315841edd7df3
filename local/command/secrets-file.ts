import { readFileSync } from 'node:fs';
import { isObject, parseObject } from '../../ops/json.ts';
import { InvalidSettingError } from '../errors.ts';

/**
 * Reads values of secrets from a file: `{ "<name or ARN>": "<text>" | { "<field>": … } }`.
 * @throws InvalidSettingError naming the file, but nothing in it
 */
export function readSecretsFile(file: string): Record<string, string> {
  const secrets = parseObject(textOf(file));
  if (secrets === undefined) throw invalid(file, 'does not hold a JSON object');
  return Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => {
      if (typeof value === 'string') return [name, value];
      // As in AWS: the fields of a secret are an object in JSON.
      if (isObject(value)) return [name, JSON.stringify(value)];
      throw invalid(file, `has neither a text nor an object for "${name}"`);
    }),
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw invalid(file, 'cannot be read', cause);
  }
}

const invalid = (file: string, problem: string, cause?: unknown): InvalidSettingError =>
  new InvalidSettingError(`LOCAL_SECRETS "${file}" ${problem}`, {
    next: 'correct the file, or unset the variable',
    cause,
  });
