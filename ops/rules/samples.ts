import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadArgumentError } from '../errors.ts';
import { isObject, parseObject } from '../json.ts';
import type { Stage } from '../stage/stage.ts';
import { exampleOf } from '../types/example.ts';
import type { Workflow } from '../types/read-workflows.ts';
import { idsBetween, readStored } from './stored-events.ts';

/** A webhook about which the rules are asked. */
export interface Sample {
  /** Where it comes from, for messages. */
  name: string;
  event: { event_id: string; type: string };
  body: string;
  depth: number;
  retries: number;
}

const EVENT_ID = '33333333-0000-4000-8000-000000000003';
const COUNTS = { depth: 0, retries: 0 };

/** A successful run of each workflow that has an output schema, with an output as the schema describes it. */
export const schemaSamples = (workflows: readonly Workflow[]): Sample[] =>
  workflows.flatMap(({ name, id, output }) => {
    const output_data = output && exampleOf(output);
    if (output_data === undefined) return [];
    const run = { id: EVENT_ID, workflow_id: id, status: 'success', output_data };
    return [runSample(`an example of ${name}'s output schema`, run)];
  });

/** Files with a webhook, or with a run as the API shows it. @throws BadArgumentError */
export function fileSamples(folder: string | undefined): Sample[] {
  if (folder === undefined) return [];
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (cause) {
    throw new BadArgumentError(`--samples ${folder} cannot be read`, {
      next: 'name a folder with JSON files',
      cause,
    });
  }
  return names.sort().map((name) => fileSample(name, readFileSync(join(folder, name), 'utf8')));
}

/** The text stays as it is, for the digits of its numbers. */
function fileSample(name: string, text: string): Sample {
  const content = parseObject(text);
  if (content === undefined)
    throw new BadArgumentError(`${name} is not a JSON object`, { next: 'correct or remove it' });
  const { event_type: type, run, status, workflow_id } = content;
  if (isObject(run) || typeof type === 'string')
    return {
      name,
      event: { event_id: EVENT_ID, type: typeof type === 'string' ? type : 'run_complete' },
      body: text,
      ...COUNTS,
    };
  if (typeof status === 'string' && typeof workflow_id === 'string') return wrapped(name, text);
  throw new BadArgumentError(`${name} is neither a webhook nor a run`, {
    next: 'give the body of a webhook, or a run as the API shows it',
  });
}

const runSample = (name: string, run: object): Sample => wrapped(name, JSON.stringify(run));

const wrapped = (name: string, run: string): Sample => ({
  name,
  event: { event_id: EVENT_ID, type: 'run_complete' },
  body: `{"event_id":"${EVENT_ID}","event_type":"run_complete","run":${run}}`,
  ...COUNTS,
});

/** The newest events of a stage since then (epoch milliseconds). */
export async function storedSamples(
  stage: Stage,
  since: number,
  until: number,
  most: number,
): Promise<Sample[]> {
  const found: Sample[] = [];
  for await (const ids of idsBetween(stage, since, until)) {
    if (found.length >= most) break;
    const { events } = await readStored(stage, ids);
    for (const { event, ...rest } of events) {
      const { event_id, type } = event;
      found.push({ name: `event ${event_id}`, event: { event_id, type }, ...rest });
    }
  }
  return found.slice(0, most);
}
