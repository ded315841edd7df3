import { dirname, resolve } from 'node:path';
import { processorEnvironment } from '../../lambda/environment/processor.ts';
import { workflowIds } from '../../lambda/environment/workflow-ids.ts';
import { isObject } from '../json.ts';
import { type Ids, readStages } from './own-files.ts';
import { deployedProcessor } from './processor.ts';
import type { Stage } from './stage.ts';

/** What rules may name in a stage. */
export interface Nameable {
  workflowIds: Ids;
  destinations: string[];
  sensitiveSecretArns: readonly string[];
}

/** The workflow ids of a stage; see `nameableIn`. @throws BadArgumentError */
export const workflowIdsOf = async (stage: Stage, rules: string): Promise<Ids> =>
  (await nameableIn(stage, rules)).workflowIds;

/**
 * What rules may name in a stage: of the local run, what it runs with; of another stage, what stands in the `stages.ts` beside
 * the rules, or what is deployed if there is no such file.
 *
 * @param rules The rules file.
 * @throws BadArgumentError
 */
export async function nameableIn(stage: Stage, rules: string): Promise<Nameable> {
  if (stage.isLocal) return nameableBy(stage.processor?.environment ?? {});
  return (
    (await declaredIn(stage, resolve(dirname(rules), 'stages.ts'))) ??
    nameableBy((await deployedProcessor(stage)).environment)
  );
}

const nameableBy = (environment: Readonly<Record<string, string>>): Nameable => ({
  workflowIds: workflowIds.read(environment),
  destinations: Object.keys(processorEnvironment.destinations.read(environment)),
  sensitiveSecretArns: processorEnvironment.sensitiveSecretArns.read(environment),
});

/** What the stages file says of a stage; undefined if the file does not exist, or lacks the stage. */
async function declaredIn({ name }: Stage, file: string): Promise<Nameable | undefined> {
  const settings = (await readStages(file))?.[name];
  if (!isObject(settings)) return undefined;
  const { destinations, sensitiveSecretArns } = settings;
  const ids = Object.entries(isObject(settings.workflowIds) ? settings.workflowIds : {});
  return {
    workflowIds: Object.fromEntries(
      ids.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
    destinations: isObject(destinations) ? Object.keys(destinations) : [],
    sensitiveSecretArns: [sensitiveSecretArns].flat().filter((arn) => typeof arn === 'string'),
  };
}
