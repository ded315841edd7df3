import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { workflowIds } from '../../lambda/environment/workflow-ids.ts';
import { BadArgumentError } from '../errors.ts';
import { isObject, type JsonObject } from '../json.ts';
import { deployedProcessor } from './processor.ts';
import type { Stage } from './stage.ts';

export type Ids = Readonly<Record<string, string>>;

/** Where the customer's rules are unless `--rules` says otherwise. */
export const RULES_FILE = 'follow-ups.ts';

/**
 * The workflow ids of a stage: of the local run, those that it runs with; of another stage, those in the `stages.ts`
 * beside the rules, or those that are deployed if there is no such file.
 *
 * @param rules The rules file.
 * @throws BadArgumentError
 */
export async function workflowIdsOf(stage: Stage, rules: string): Promise<Ids> {
  if (stage.isLocal) return workflowIds.read(stage.processor?.environment ?? {});
  return (
    (await declaredIds(stage, resolve(dirname(rules), 'stages.ts'))) ??
    workflowIds.read((await deployedProcessor(stage)).environment)
  );
}

/** Names of the stages in the `stages.ts` of the current folder; none if there is no such file, or it cannot be loaded. */
export const declaredStages = async (file = resolve('stages.ts')): Promise<string[]> =>
  Object.keys((await readStages(file).catch(() => undefined)) ?? {});

/** What the stages file says of a stage; undefined if the file does not exist, or lacks the stage. */
async function declaredIds({ name }: Stage, file: string): Promise<Ids | undefined> {
  const settings = (await readStages(file))?.[name];
  if (!isObject(settings)) return undefined;
  return Object.fromEntries(
    Object.entries(isObject(settings.workflowIds) ? settings.workflowIds : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

async function readStages(file: string): Promise<JsonObject | undefined> {
  if (!existsSync(file)) return undefined;
  // A file that has changed is another module.
  const url = `${pathToFileURL(file).href}?${statSync(file).mtimeMs}`;
  const loaded: Record<string, unknown> = await import(url).catch((cause: unknown) => {
    throw new BadArgumentError(`${file} cannot be loaded`, {
      next: 'run "npx cdk synth", which says why',
      cause,
    });
  });
  return isObject(loaded.stages) ? loaded.stages : undefined;
}
