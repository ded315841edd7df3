import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { BadArgumentError } from '../errors.ts';

export interface ClientSettings {
  region?: string | undefined;
  /** Named profile of the caller's AWS configuration. */
  profile?: string | undefined;
  /** Only in the local run; by default the caller's usual chain of credentials. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
  /** Only in the local run: where all of its emulators are. */
  endpoint?: string | undefined;
}

type Settings = { [Name in keyof ClientSettings]?: NonNullable<ClientSettings[Name]> };

const MAKERS = {
  dynamoDb: (settings: Settings) => new DynamoDBClient(settings),
  sqs: (settings: Settings) => new SQSClient(settings),
  sns: (settings: Settings) => new SNSClient(settings),
  secrets: (settings: Settings) => new SecretsManagerClient(settings),
  // Not in the local run: these three.
  cloudFormation: (settings: Settings) => new CloudFormationClient(settings),
  cloudWatch: (settings: Settings) => new CloudWatchClient(settings),
  sts: (settings: Settings) => new STSClient(settings),
};

/** AWS as the verbs use it: bare clients. */
export type Clients = {
  readonly [Name in keyof typeof MAKERS]: Pick<ReturnType<(typeof MAKERS)[Name]>, 'send'>;
};

/** Clients of a stage, each made when it is first used. @throws BadArgumentError if the profile does not exist */
export function createClients(settings: ClientSettings): Clients {
  if (settings.credentials === undefined) checkProfile(settings.profile);
  const { region, profile, credentials, endpoint } = settings;
  const given: Settings = {
    ...(region && { region }),
    ...(profile && { profile }),
    ...(credentials && { credentials }),
    ...(endpoint && { endpoint }),
  };
  const clients = {};
  for (const [name, make] of Object.entries(MAKERS)) {
    let made: unknown;
    const get = () => {
      made ??= make(given);
      return made;
    };
    Object.defineProperty(clients, name, { enumerable: true, get });
  }
  return clients as Clients;
}

/**
 * Refuses a profile that the caller's AWS files do not have: the SDK would only say that there are no credentials.
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
