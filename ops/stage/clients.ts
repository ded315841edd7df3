import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { askMfaCode } from './mfa.ts';
import { requestHandlerOf } from './network.ts';
import { checkProfile, namingProfile } from './profiles.ts';

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
export type Clients = Readonly<ReturnType<typeof makeClients>>;

/** CloudFormation, which also knows the region. */
export interface CloudFormation extends Pick<CloudFormationClient, 'send'> {
  /** The region that the SDK chooses. @throws if none is configured, or it is not a valid region */
  region?: () => Promise<string>;
}

/** @throws BadArgumentError if the profile does not exist */
export const createClients = (given: ClientSettings): Clients => makeClients(sdkSettings(given));

/** What each client of the SDK is made with. @throws BadArgumentError if the profile does not exist */
export function sdkSettings({ region, profile, credentials, endpoint }: ClientSettings): SdkSettings {
  if (credentials === undefined) checkProfile(profile);
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  // The SDK for JavaScript reads the first of them only, the other tools of AWS read both.
  const chosen = region || AWS_REGION || AWS_DEFAULT_REGION;
  const requestHandler = requestHandlerOf(process.env);
  return {
    requestHandler,
    ...(chosen && { region: chosen }),
    ...(profile && { profile }),
    // One for all clients, so that a code is asked for once.
    credentials:
      credentials ??
      keysOf(process.env, profile) ??
      namingProfile(
        defaultProvider({
          mfaCodeProvider: askMfaCode,
          clientConfig: { requestHandler, ...(chosen && { region: chosen }) },
          ...(profile && { profile }),
        }),
        profile,
      ),
    ...(endpoint && { endpoint }),
  };
}

/** As in AWS's own tools, access keys of the environment go before its profile; the SDK would take the profile. */
function keysOf(environment: NodeJS.ProcessEnv, profile: string | undefined): ClientSettings['credentials'] {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (profile || !AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
}

export type SdkSettings = Pick<
  DynamoDBClientConfig,
  'region' | 'profile' | 'credentials' | 'endpoint' | 'requestHandler'
>;

/** What is sent to a client. */
interface Sender {
  send: (...args: never[]) => unknown;
}

/** A client whose package is loaded by its first call: a verb needs two or three of them, and all ten are a quarter of its CPU. */
function lazily<Client extends Sender>(load: () => Promise<Client>): Pick<Client, 'send'> {
  let client: Promise<Client> | undefined;
  const send = async (...args: never[]) => {
    client ??= load();
    return (await client).send(...args);
  };
  return { send } as Pick<Client, 'send'>;
}

function lazyCloudFormation(settings: SdkSettings): CloudFormation {
  const load = async () =>
    new (await import('@aws-sdk/client-cloudformation')).CloudFormationClient(settings);
  return { ...lazily(load), region: async () => (await load()).config.region() };
}

/** Clients that share their credentials. */
export const makeClients = (settings: SdkSettings) => ({
  dynamoDb: lazily(async () => new (await import('@aws-sdk/client-dynamodb')).DynamoDBClient(settings)),
  sqs: lazily(async () => new (await import('@aws-sdk/client-sqs')).SQSClient(settings)),
  sns: lazily(async () => new (await import('@aws-sdk/client-sns')).SNSClient(settings)),
  secrets: lazily(
    async () => new (await import('@aws-sdk/client-secrets-manager')).SecretsManagerClient(settings),
  ),
  cloudFormation: lazyCloudFormation(settings),
  cloudWatch: lazily(async () => new (await import('@aws-sdk/client-cloudwatch')).CloudWatchClient(settings)),
  logs: lazily(
    async () => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogsClient(settings),
  ),
  sts: lazily(async () => new (await import('@aws-sdk/client-sts')).STSClient(settings)),
  lambda: lazily(async () => new (await import('@aws-sdk/client-lambda')).LambdaClient(settings)),
  kms: lazily(async () => new (await import('@aws-sdk/client-kms')).KMSClient(settings)),
});
