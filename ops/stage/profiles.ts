import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AwsRefusedError, BadArgumentError } from '../errors.ts';
import type { Explanation } from './faults.ts';

/** Settings of a profile by their names. */
type Settings = Readonly<Record<string, string>>;

/**
 * Refuses a profile that the caller's AWS files do not have: the SDK would only say that there are no credentials.
 * @param given by the caller; by default the value of AWS_PROFILE, unless access keys take precedence
 * @throws BadArgumentError
 */
export function checkProfile(given: string | undefined, environment: NodeJS.ProcessEnv = process.env): void {
  const profile = chosenProfile(given, environment);
  if (!profile || readProfiles(environment).has(profile)) return;
  const option = given === undefined ? 'AWS_PROFILE' : '--profile';
  throw new BadArgumentError(
    `AWS profile "${profile}" does not exist in ${filesOf(environment).join(' or ')}`,
    {
      next: `name another with ${option} ("aws configure list-profiles" shows them), or create it ("aws configure --profile")`,
    },
  );
}

/** Calls what finds credentials; if there are none, the error says what the caller's profile lacks. @throws AwsRefusedError */
export const namingProfile =
  <Args extends unknown[], Found>(provide: (...args: Args) => Promise<Found>, given: string | undefined) =>
  async (...args: Args): Promise<Found> => {
    try {
      return await provide(...args);
    } catch (cause) {
      const isNone = cause instanceof Error && /^(Credentials|Token)ProviderError$/.test(cause.name);
      const fault = isNone ? profileFault(given) : undefined;
      throw fault ? new AwsRefusedError(fault.problem, { next: fault.next, cause }) : cause;
    }
  };

/** Why a profile has no credentials: the SDK tries all ways, and names none. Undefined if no profile is in use. */
export function profileFault(
  given: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Explanation | undefined {
  const profiles = readProfiles(environment);
  const profile = chosenProfile(given, environment) || 'default';
  const settings = profiles.get(profile);
  if (settings === undefined) return undefined;
  const { source_profile: source = profile } = settings;
  if (source === profile || settings.aws_access_key_id) return faultOf(profile, settings);
  const sourceSettings = profiles.get(source);
  if (sourceSettings) return faultOf(source, sourceSettings);
  return {
    problem: `AWS profile "${profile}" takes its credentials from profile "${source}", which does not exist`,
    next: `correct source_profile of "${profile}", or create "${source}"`,
  };
}

function faultOf(profile: string, settings: Settings): Explanation {
  if (settings.sso_session || settings.sso_start_url)
    return {
      problem: `AWS profile "${profile}" is not signed in, or its session has expired`,
      next: `aws sso login --profile ${profile}`,
    };
  if (settings.credential_process)
    return {
      problem: `the credential_process of AWS profile "${profile}" failed`,
      next: `run it by itself to see why: aws sts get-caller-identity --profile ${profile}`,
    };
  return {
    problem: `AWS profile "${profile}" has no credentials here`,
    next: `aws configure --profile ${profile}, or name another with AWS_PROFILE or --profile`,
  };
}

/** Access keys of the environment take precedence over its profile, not over one that is named by the caller. */
const chosenProfile = (given: string | undefined, environment: NodeJS.ProcessEnv): string | undefined =>
  given ?? (environment.AWS_ACCESS_KEY_ID ? undefined : environment.AWS_PROFILE);

const filesOf = ({ AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE }: NodeJS.ProcessEnv): string[] => [
  AWS_CONFIG_FILE || join(homedir(), '.aws', 'config'),
  AWS_SHARED_CREDENTIALS_FILE || join(homedir(), '.aws', 'credentials'),
];

/** Profiles of both files, with what each says of them. */
function readProfiles(environment: NodeJS.ProcessEnv): Map<string, Settings> {
  const found = new Map<string, Settings>();
  for (const file of filesOf(environment)) {
    const [, ...sections] = `\n${textOf(file)}`.split(/\n[^\S\n]*\[/);
    for (const section of sections) {
      // `[name]`, `[profile name]` and `[profile "name"]`.
      const [, , name] = /^\s*(?:profile\s+)?(["']?)([^\]\n]+?)\1\s*\]/.exec(section) ?? [];
      if (name !== undefined) found.set(name, { ...found.get(name), ...settingsIn(section) });
    }
  }
  return found;
}

const settingsIn = (section: string): Settings =>
  Object.fromEntries(
    [...section.matchAll(/^[^\S\n]*(\w+)[^\S\n]*=[^\S\n]*(\S.*?)\s*$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // To the SDK, too, a file that cannot be read has no profiles.
    return '';
  }
}
