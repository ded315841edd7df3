import { BadArgumentError } from '../errors.ts';
import type { Payload } from './example.ts';

/**
 * Sets values in a payload: `run.status=error`, `run.output_data.count=3`. A value that is JSON is taken as JSON,
 * any other as text; `null` and `{}` work, and `"3"` is the text 3.
 *
 * @throws BadArgumentError
 */
export function edit(payload: Payload, settings: readonly string[]): Payload {
  const edited = structuredClone(payload);
  for (const setting of settings) {
    const [, path = '', text = ''] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (path === '')
      throw new BadArgumentError(`--set "${setting}" is not of the form path=value, as in run.status=error`);
    assign(edited, path.split('.'), parse(text), setting);
  }
  return edited;
}

function assign(target: Payload, path: string[], value: unknown, setting: string): void {
  let place: Record<string, unknown> = target;
  for (const name of path.slice(0, -1)) {
    refuseOdd(name, setting);
    place[name] ??= {};
    const next = place[name];
    if (typeof next !== 'object' || next === null) {
      throw new BadArgumentError(`--set "${setting}": "${name}" holds a plain value, which has no parts`);
    }
    place = next as Record<string, unknown>;
  }
  const last = path.at(-1) as string;
  refuseOdd(last, setting);
  place[last] = value;
}

function refuseOdd(name: string, setting: string): void {
  if (name === '' || name === '__proto__')
    throw new BadArgumentError(`--set "${setting}": the path has an unusable part`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
