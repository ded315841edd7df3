import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UnknownStageError, UnsupportedTemplateError } from '../errors.ts';
import type { StackPlace, Template } from './cloudformation.ts';

/** The built-in emulators know one account only. */
export const LOCAL_ACCOUNT = '000000000000';
const LOCAL_REGION = 'us-east-1';

/** One stack of a cloud assembly, with the way to its assets. */
export interface AssembledStack {
  readonly template: Template;
  /** Where it was read from, absolute. */
  readonly templateFile: string;
  readonly place: StackPlace;
  /**
   * Absolute directory of the asset that is uploaded under this S3 key.
   * @throws UnsupportedTemplateError when the assembly holds no such asset
   */
  assetDirectory(objectKey: string): string;
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly displayName?: string;
  readonly dependencies?: readonly string[];
  readonly properties?: {
    readonly stackName?: string;
    readonly templateFile?: string;
    readonly file?: string;
  };
}

interface AssetFile {
  readonly source: { readonly path: string };
  readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
}

/**
 * Finds the stage's stack through the assembly's manifest.
 * @param account the account of the emulators, whatever the stage names
 * @throws UnknownStageError when no stack name ends in `-<stage>`
 */
export async function readAssembly(
  directory: string,
  stage: string,
  account: string = LOCAL_ACCOUNT,
): Promise<AssembledStack> {
  const manifest = await readJson<Manifest>(join(directory, 'manifest.json'));
  const stacks = Object.entries(manifest.artifacts ?? {}).filter(
    ([, a]) => a.type === 'aws:cloudformation:stack',
  );
  const nameOf = ([id, artifact]: [string, Artifact]) => artifact.properties?.stackName ?? id;
  const found = stacks.filter((stack) => nameOf(stack).endsWith(`-${stage}`));
  const [stack] = found;
  if (!stack) {
    throw new UnknownStageError(
      stage,
      stacks.map((known) => nameOf(known).split('-').at(-1) ?? ''),
    );
  }
  if (found.length > 1) {
    throw new UnsupportedTemplateError(
      `which of ${found.map(nameOf).join(' and ')} to run`,
      'the app must have one stack per stage.',
    );
  }
  const [, artifact] = stack;
  const assets = await readAssets(directory, manifest, artifact);
  const templateFile = resolve(directory, artifact.properties?.templateFile ?? '');
  return {
    template: await readTemplate(templateFile, account, artifact.environment),
    templateFile,
    place: placeOf(nameOf(stack), account, artifact.environment),
    assetDirectory(objectKey) {
      const path = assets.get(objectKey);
      if (path !== undefined) return path;
      throw new UnsupportedTemplateError(
        `the asset ${objectKey}`,
        'its function must be bundled from this project.',
      );
    },
  };
}

async function readAssets(
  directory: string,
  manifest: Manifest,
  stack: Artifact,
): Promise<Map<string, string>> {
  const assets = new Map<string, string>();
  for (const id of stack.dependencies ?? []) {
    const artifact = manifest.artifacts?.[id];
    if (artifact?.type !== 'cdk:asset-manifest' || artifact.properties?.file === undefined) continue;
    const { files } = await readJson<{ files?: Record<string, AssetFile> }>(
      join(directory, artifact.properties.file),
    );
    for (const file of Object.values(files ?? {})) {
      for (const { objectKey } of Object.values(file.destinations)) {
        assets.set(objectKey, resolve(directory, file.source.path));
      }
    }
  }
  return assets;
}

/** `aws://unknown-account/unknown-region` of an environment-agnostic stack becomes the emulators' own. */
function placeOf(stackName: string, account: string, environment = ''): StackPlace {
  const region = environment.split('/').at(-1) ?? '';
  const known = region !== '' && !region.startsWith('unknown');
  return { stackName, account, region: known ? region : LOCAL_REGION, partition: 'aws' };
}

/** A stage that names its account has it as text in its ARNs. */
async function readTemplate(path: string, account: string, environment = ''): Promise<Template> {
  const text = await readFile(path, 'utf8');
  const named = /^aws:\/\/(\d{12})\//.exec(environment)?.[1];
  return JSON.parse(named === undefined ? text : text.replaceAll(named, account)) as Template;
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
