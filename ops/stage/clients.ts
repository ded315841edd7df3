import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { BadArgumentError } from '../errors.ts';
import { askMfaCode } from './mfa.ts';
import { requestHandlerOf } from './network.ts';

export interface ClientSettings {
  region?: string | undefined;
  /** Named profile of the caller's AWS configuration. */
  profile?: string | undefined;
  /** Only in the local run; by default the caller's usual chain of credentials. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
  /** Only in the local run: where all of its emulators are. */
  endpoint?: string | undefined;
}

/** AWS as the verbs use it: bare clients. The last five have nothing to call in the local run. */
export type Clients = {
  readonly [Name in keyof ReturnType<typeof makeClients>]: Pick<ReturnType<typeof makeClients>[Name], 'send'>;
};

/** @throws BadArgumentError if the profile does not exist */
export function createClients({ region, profile, credentials, endpoint }: ClientSettings): Clients {
  if (credentials === undefined) checkProfile(profile);
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  // The SDK for JavaScript reads the first of them only, the other tools of AWS read both.
  const chosen = region || AWS_REGION || AWS_DEFAULT_REGION;
  const requestHandler = requestHandlerOf(process.env);
  return makeClients({
    requestHandler,
    ...(chosen && { region: chosen }),
    ...(profile && { profile }),
    // One for all clients, so that a code is asked for once.
    credentials:
      credentials ??
      defaultProvider({
        mfaCodeProvider: askMfaCode,
        clientConfig: { requestHandler, ...(chosen && { region: chosen }) },
        ...(profile && { profile }),
      }),
    ...(endpoint && { endpoint }),
  });
}

type Settings = Pick<
  DynamoDBClientConfig,
  'region' | 'profile' | 'credentials' | 'endpoint' | 'requestHandler'
>;

const makeClients = (settings: Settings) => ({
  dynamoDb: new DynamoDBClient(settings),
  sqs: new SQSClient(settings),
  sns: new SNSClient(settings),
  secrets: new SecretsManagerClient(settings),
  cloudFormation: new CloudFormationClient(settings),
  cloudWatch: new CloudWatchClient(settings),
  logs: new CloudWatchLogsClient(settings),
  sts: new STSClient(settings),
  lambda: new LambdaClient(settings),
  kms: new KMSClient(settings),
});

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
