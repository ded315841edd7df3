import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BadArgumentError } from '../errors.ts';

/**
 * Refuses a profile that the caller's AWS files do not have: the SDK would only say that there are no credentials.
 *
 * @param given by the caller; by default the value of AWS_PROFILE, unless access keys take precedence
 * @throws BadArgumentError
 */
export function checkProfile(given: string | undefined, environment: NodeJS.ProcessEnv = process.env): void {
  const profile = given ?? (environment.AWS_ACCESS_KEY_ID ? undefined : environment.AWS_PROFILE);
  if (!profile) return;
  const files = [
    environment.AWS_CONFIG_FILE || join(homedir(), '.aws', 'config'),
    environment.AWS_SHARED_CREDENTIALS_FILE || join(homedir(), '.aws', 'credentials'),
  ];
  if (files.some((file) => profilesIn(file).has(profile))) return;
  const option = given === undefined ? 'AWS_PROFILE' : '--profile';
  throw new BadArgumentError(`AWS profile "${profile}" does not exist in ${files.join(' or ')}`, {
    next: `name another with ${option} ("aws configure list-profiles" shows them), or create it ("aws configure --profile")`,
  });
}

/** Names of `[name]`, `[profile name]` and `[profile "name"]`. */
function profilesIn(file: string): Set<string> {
  const headings = textOf(file).matchAll(/^\s*\[\s*(?:profile\s+)?(["']?)([^\]]+?)\1\s*\]/gm);
  return new Set([...headings].map(([, , name = '']) => name));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // To the SDK, too, a file that cannot be read has no profiles.
    return '';
  }
}
