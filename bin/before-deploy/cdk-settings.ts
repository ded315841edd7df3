import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isObject, type JsonObject, parseObject } from '../../ops/json.ts';
import type { CdkOptions } from './cdk-options.ts';

type Name = 'app' | 'method' | 'profile' | 'region';

/**
 * A setting of cdk, from where cdk takes it: the command line, `CDK_…` in the environment, `cdk.json`, `~/.cdk.json`. The app of
 * `cdk.json` is the project's own, which is no deviation.
 */
function settingOf(options: CdkOptions, name: Name): string | undefined {
  const fromFiles = ['app', 'method'].includes(name) ? [] : configFiles().map((file) => file[name]);
  const all = [options[name], process.env[`CDK_${name.toUpperCase()}`], ...fromFiles];
  return all.find((value): value is string => typeof value === 'string' && value !== '');
}

const configFiles = (): JsonObject[] => [read('cdk.json'), read(join(homedir(), '.cdk.json'))];

/** Undefined for a file that is not there: cdk needs none of them. */
function read(file: string): JsonObject {
  try {
    return parseObject(readFileSync(file, 'utf8')) ?? {};
  } catch {
    return {};
  }
}

/** The region that is given to cdk as such. */
export const givenRegion = (options: CdkOptions): string | undefined => settingOf(options, 'region');

/** The region of the environment, by the names that cdk knows, in their order. */
export const regionsOfEnvironment = (
  { AWS_REGION, AMAZON_REGION, AWS_DEFAULT_REGION, AMAZON_DEFAULT_REGION }: NodeJS.ProcessEnv = process.env,
): string | undefined => AWS_REGION || AMAZON_REGION || AWS_DEFAULT_REGION || AMAZON_DEFAULT_REGION;

/** The profile that cdk uses; undefined where the SDK finds it, or access keys, by itself. */
export function chosenProfile(options: CdkOptions): string | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_DEFAULT_PROFILE } = process.env;
  const named = AWS_ACCESS_KEY_ID || AWS_PROFILE ? undefined : AWS_DEFAULT_PROFILE;
  return settingOf(options, 'profile') ?? (named || undefined);
}

/** The app, if it is another than the project's. */
export const otherApp = (options: CdkOptions): string | undefined => settingOf(options, 'app');

/** How it is deployed. */
export const methodOf = (options: CdkOptions): string | undefined => settingOf(options, 'method');

const QUALIFIER = '@aws-cdk/core:bootstrapQualifier';

/** Of the context, in the order in which cdk reads it; otherwise cdk's own. */
export function qualifierOf(context: readonly string[]): string {
  const [project = {}, user = {}] = configFiles();
  const given = context.findLast((one) => one.startsWith(`${QUALIFIER}=`))?.slice(QUALIFIER.length + 1);
  const files = [project.context, read('cdk.context.json'), user.context].map(
    (values) => isObject(values) && values[QUALIFIER],
  );
  return [given, ...files].find((value) => typeof value === 'string') || 'hnb659fds';
}
