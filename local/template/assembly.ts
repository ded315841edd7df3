import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AssetManifestArtifact, CloudAssembly, type CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { supported, UnknownStageError, UnsupportedTemplateError } from '../errors.ts';
import type { StackPlace, Template } from './cloudformation.ts';

/** The only account that the built-in emulators have. */
const LOCAL_ACCOUNT = '000000000000';
const LOCAL_REGION = 'us-east-1';

/** One stack of a cloud assembly, with its assets. */
export interface AssembledStack {
  readonly template: Template;
  /** Absolute path of the template. */
  readonly templateFile: string;
  readonly place: StackPlace;
  /**
   * Absolute directory of the asset that is uploaded under this S3 key.
   * @throws UnsupportedTemplateError when the assembly has no such asset
   */
  assetDirectory(objectKey: string): string;
}

/**
 * Finds the stage's stack in a cloud assembly.
 * @param account the emulators' account, which replaces the one that the stage names
 * @throws UnknownStageError when no stack name ends in `-<stage>`
 * @throws UnsupportedTemplateError when several do
 */
export async function readAssembly(
  directory: string,
  stage: string,
  account: string = LOCAL_ACCOUNT,
): Promise<AssembledStack> {
  const { stacks } = new CloudAssembly(directory);
  const [stack, other] = stacks.filter(({ stackName }) => stackName.endsWith(`-${stage}`));
  if (!stack) {
    const known = stacks.map(({ stackName }) => stackName.split('-').at(-1) ?? '');
    throw new UnknownStageError(stage, known);
  }
  if (other) {
    throw new UnsupportedTemplateError(
      `two stacks for one stage (${stack.stackName} and ${other.stackName})`,
      'give the app one stack per stage',
    );
  }
  const assets = assetsOf(directory, stack);
  return {
    template: await readTemplate(stack, account),
    templateFile: stack.templateFullPath,
    place: placeOf(stack, account),
    assetDirectory(objectKey) {
      const feature = `the asset ${objectKey}, which is not in the assembly`;
      return supported(assets.get(objectKey), feature, 'bundle the function from this project');
    },
  };
}

/** Absolute path of each file asset, by its S3 key. */
function assetsOf(directory: string, stack: CloudFormationStackArtifact): Map<string, string> {
  const files = stack.dependencies
    .filter((artifact) => AssetManifestArtifact.isAssetManifestArtifact(artifact))
    .flatMap(({ contents }) => Object.values(contents.files ?? {}));
  return new Map(
    files.flatMap(({ source, destinations }) =>
      Object.values(destinations).map(
        ({ objectKey }) => [objectKey, resolve(directory, source.path ?? '')] as const,
      ),
    ),
  );
}

/** An environment-agnostic stack (`unknown-region`) gets the emulators' own region. */
function placeOf({ stackName, environment }: CloudFormationStackArtifact, account: string): StackPlace {
  const region = environment.region.startsWith('unknown') ? LOCAL_REGION : environment.region;
  return { stackName, account, region, partition: 'aws' };
}

/**
 * A stage that names its account has that account spelled out in its ARNs. Those of secrets that exist beforehand stay as
 * they are, because rules name them so.
 */
async function readTemplate(
  { templateFullPath, environment }: CloudFormationStackArtifact,
  account: string,
): Promise<Template> {
  const text = await readFile(templateFullPath, 'utf8');
  const isNamed = /^\d{12}$/.test(environment.account);
  const spelledOut = new RegExp(`(?<!:secretsmanager:[\\w-]+:)${environment.account}`, 'g');
  return JSON.parse(isNamed ? text.replace(spelledOut, account) : text);
}
