import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BadArgumentError } from '../errors.ts';

/**
 * Refuses a profile that the caller's AWS files do not have: the SDK would only say that there are no credentials.
 *
 * @param given by the caller; otherwise what AWS_PROFILE says, where nothing goes before it
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
  throw new BadArgumentError(
    `there is no AWS profile "${profile}" in ${files.join(' or ')}: name another with ${given === undefined ? 'AWS_PROFILE' : '--profile'} ("aws configure list-profiles" shows them), or make it ("aws configure --profile")`,
  );
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
    // What cannot be read has no profiles, for the SDK as well.
    return '';
  }
}
