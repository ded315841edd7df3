import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isoTime } from '../cli/time.ts';
import { BadArgumentError, OperatorError } from '../errors.ts';
import { readTemplateText } from '../stage/deployed.ts';
import type { FoundStage } from '../stage/stage.ts';
import { type Parts, readParts } from './parts.ts';

export interface PricedTemplate {
  parts: Parts;
  /** Absolute path, or the name of the stack. */
  origin: string;
  /** When the file was written, ISO 8601. */
  writtenAt?: string;
}

/** @throws BadArgumentError, OperatorError if the file does not exist */
export async function readTemplateFile(file: string): Promise<PricedTemplate> {
  // In full: which project the file belongs to depends on where the command was called.
  const origin = resolve(file);
  const [text, { mtimeMs }] = await Promise.all([readFile(origin, 'utf8'), stat(origin)]).catch((cause) => {
    throw new OperatorError(`there is no template at ${origin}`, {
      next: 'run "npx cdk synth" in the folder of the app, or use --template or --deployed',
      cause,
    });
  });
  return { parts: partsOf(text, origin), origin, writtenAt: isoTime(mtimeMs) };
}

/** The synthesized template of a stage, in the folder of the app. */
export const synthesizedTemplate = (stackName: string, folder = 'cdk.out'): string =>
  join(folder, `${stackName}.template.json`);

export async function readDeployedTemplate(stage: FoundStage): Promise<PricedTemplate> {
  const { stackName } = stage;
  return { parts: partsOf(await readTemplateText(stage), stackName), origin: stackName };
}

/** @throws BadArgumentError */
function partsOf(text: string, origin: string): Parts {
  const parts = readParts(text);
  if (parts) return parts;
  throw new BadArgumentError(`${origin} is not a template of this service in JSON, with a verifier`, {
    next: 'name another with --template',
  });
}
