import { readFile } from 'node:fs/promises';
import type { StageCall } from '../cli/command.ts';
import { readInput } from '../cli/io.ts';
import { BadArgumentError } from '../errors.ts';
import { readPayload } from '../events/detail.ts';
import { parseObject } from '../json.ts';
import { codeOf } from '../stage/faults.ts';
import { edit } from './edit.ts';
import { copyOf, exampleEvent, type Payload } from './example.ts';

export interface BodyOptions {
  file?: string;
  fromEvent?: string;
  fresh?: boolean;
  set: string[];
}

/** The body that the options describe. @throws BadArgumentError, UnknownEventError */
export async function readBody(call: StageCall<BodyOptions>): Promise<string> {
  const { file, set } = call.options;
  if (file === undefined) return JSON.stringify(edit(await payloadOf(call), set));
  const text = file === '-' ? await readInput(call.io) : await readText(file);
  // Without edits it is sent byte for byte: a body that is not JSON can be tried, too.
  if (set.length === 0) return text;
  return JSON.stringify(edit(parse(text, file === '-' ? 'standard input' : file), set));
}

async function payloadOf({ stage, options }: StageCall<BodyOptions>): Promise<Payload> {
  const { fromEvent, fresh = false } = options;
  if (fromEvent === undefined) return exampleEvent();
  const stored = Buffer.from(await readPayload(stage, fromEvent)).toString('utf8');
  return copyOf(parse(stored, fromEvent), { fresh });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new BadArgumentError(`--file ${file} cannot be read`, { next: codeOf(cause), cause });
  }
}

function parse(text: string, source: string): Payload {
  const payload = parseObject(text);
  if (!payload) throw new BadArgumentError(`${source} does not hold a JSON object, so it cannot be edited`);
  return payload;
}
