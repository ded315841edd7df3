import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BadArgumentError } from '../errors.ts';
import { isObject, type JsonObject } from '../json.ts';

export type Ids = Readonly<Record<string, string>>;

/** Where the customer's rules are unless `--rules` says otherwise. */
export const RULES_FILE = 'follow-ups.ts';

/** Names of the stages in the `stages.ts` of the current folder; none if there is no such file, or it cannot be loaded. */
export const declaredStages = async (file = resolve('stages.ts')): Promise<string[]> =>
  Object.keys((await readStages(file).catch(() => undefined)) ?? {});

/** The stages in a file; undefined if it does not exist. @throws BadArgumentError */
export async function readStages(file: string): Promise<JsonObject | undefined> {
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
