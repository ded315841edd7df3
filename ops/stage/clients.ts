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
      namingProfile(
        defaultProvider({
          mfaCodeProvider: askMfaCode,
          clientConfig: { requestHandler, ...(chosen && { region: chosen }) },
          ...(profile && { profile }),
        }),
        profile,
      ),
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
