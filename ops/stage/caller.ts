import { userInfo } from 'node:os';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Stage } from './stage.ts';

/** Who is calling: the ARN of their AWS credentials; in the local run, their user name on this machine. */
export async function callerOf({ isLocal, clients }: Stage): Promise<string> {
  if (isLocal) return localUser();
  const { Arn = UNKNOWN } = await clients.sts.send(new GetCallerIdentityCommand({}));
  return Arn;
}

const UNKNOWN = 'unknown';

function localUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user id without a name.
    return UNKNOWN;
  }
}
