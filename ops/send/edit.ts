import { BadArgumentError } from '../errors.ts';
import { isObject, type JsonObject } from '../json.ts';

/**
 * Sets values in a payload: `run.status=error`, `run.output_data.count=3`. A value that is valid JSON is read as JSON,
 * any other as text; `null` and `{}` work, and `"3"` is the text 3.
 *
 * @throws BadArgumentError
 */
export function edit(payload: JsonObject, settings: readonly string[]): JsonObject {
  const edited = structuredClone(payload);
  for (const setting of settings) {
    const [, path = '', text = ''] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (path === '')
      throw new BadArgumentError(`--set "${setting}" must be path=value, e.g. run.status=error`);
    const names = path.split('.');
    if (names.some((name) => name === '' || name === '__proto__'))
      throw new BadArgumentError(`--set "${setting}": the path has an invalid part`);
    const last = names.pop() ?? '';
    placeOf(edited, names, setting)[last] = parse(text);
  }
  return edited;
}

/** The object at a path; what is missing on the way is created. */
function placeOf(payload: JsonObject, path: readonly string[], setting: string): JsonObject {
  let place = payload;
  for (const name of path) {
    place[name] ??= {};
    const next = place[name];
    if (!isObject(next) && !Array.isArray(next))
      throw new BadArgumentError(`--set "${setting}": "${name}" is a plain value, which has no parts`);
    place = next as JsonObject;
  }
  return place;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
