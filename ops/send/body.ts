import { readFile } from 'node:fs/promises';
import { copyJson, parseExact } from '../../lambda/json/parse.ts';
import { writeJson } from '../../lambda/json/write.ts';
import type { AuditedCall } from '../audit/verb.ts';
import { readInput } from '../cli/io.ts';
import { BadArgumentError } from '../errors.ts';
import { readPayload } from '../events/detail.ts';
import { isObject, type JsonObject, parseObject } from '../json.ts';
import { codeOf } from '../stage/faults.ts';
import { copyOf, exampleEvent, exampleOfMachines, type Payload } from './example.ts';

export interface BodyOptions {
  /** Of the example. */
  type?: 'run_complete' | 'downed_machines';
  file?: string;
  fromEvent?: string;
  fresh?: boolean;
  set: string[];
}

/** The body that the options describe. @throws BadArgumentError, UnknownEventError */
export async function readBody(call: AuditedCall<BodyOptions>): Promise<string> {
  const { file, set } = call.options;
  if (file === undefined) return writeJson(edit(await payloadOf(call), set));
  const text = file === '-' ? await readInput(call.io) : await readText(file);
  // Without edits it is sent byte for byte: a body that is not JSON can be tried, too.
  if (set.length === 0) return text;
  return writeJson(edit(parse(text, file === '-' ? 'standard input' : file), set));
}

async function payloadOf({ onRecord, options }: AuditedCall<BodyOptions>): Promise<Payload> {
  const { fromEvent, fresh = false } = options;
  if (fromEvent === undefined)
    return options.type === 'downed_machines' ? exampleOfMachines() : exampleEvent();
  const stored = await onRecord(`payload of event ${fromEvent}`, (audited) =>
    readPayload(audited, fromEvent),
  );
  return copyOf(parse(stored, fromEvent), { fresh });
}

const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause) => {
    throw new BadArgumentError(`--file ${file} cannot be read`, { next: codeOf(cause), cause });
  });

function parse(text: string | Buffer, source: string): Payload {
  const payload = parseObject(text);
  if (!payload) throw new BadArgumentError(`${source} does not hold a JSON object, so it cannot be edited`);
  return payload;
}

/**
 * Sets values in a payload: `run.status=error`, `run.output_data.count=3`. A value that is valid JSON is read as JSON,
 * any other as text; `null` and `{}` work, and `"3"` is the text 3.
 * @throws BadArgumentError
 */
export function edit(payload: JsonObject, settings: readonly string[]): JsonObject {
  const edited = copyJson(payload);
  for (const setting of settings) {
    const [, path = '', text = ''] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (path === '')
      throw new BadArgumentError(`--set "${setting}" must be path=value, e.g. run.status=error`);
    const names = path.split('.');
    if (names.some((name) => name === '' || name === '__proto__'))
      throw new BadArgumentError(`--set "${setting}" has an invalid part in its path`);
    const last = names.pop() ?? '';
    placeOf(edited, names, setting)[last] = readValue(text);
  }
  return edited;
}

/** The object at a path; missing parents are created. */
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

function readValue(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return text;
  }
}
