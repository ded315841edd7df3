import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { checkProfile } from './profile.ts';
import type { Clients } from './stage.ts';

export interface ClientSettings {
  region?: string | undefined;
  /** Named profile of the caller's AWS configuration. */
  profile?: string | undefined;
  /** Only in the local run; by default the caller's usual chain of credentials. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
  /** Only in the local run: where all of its emulators are. */
  endpoint?: string | undefined;
}

/**
 * Clients of one stage, each made when it is first used: a verb needs two or three of them.
 *
 * @throws BadArgumentError if the profile does not exist
 */
export function createClients(settings: ClientSettings): Clients {
  if (settings.credentials === undefined) checkProfile(settings.profile);
  const { region, profile, credentials, endpoint } = settings;
  const given = {
    ...(region && { region }),
    ...(profile && { profile }),
    ...(credentials && { credentials }),
    ...(endpoint && { endpoint }),
  };
  return lazily({
    dynamoDb: () => new DynamoDBClient(given),
    sqs: () => new SQSClient(given),
    sns: () => new SNSClient(given),
    secrets: () => new SecretsManagerClient(given),
    cloudFormation: () => new CloudFormationClient(given),
    cloudWatch: () => new CloudWatchClient(given),
    sts: () => new STSClient(given),
  });
}

/** Each client is made when it is first read. */
function lazily(makers: { [Name in keyof Clients]: () => Clients[Name] }): Clients {
  const clients = {};
  for (const [name, make] of Object.entries(makers)) {
    let made: unknown;
    const get = () => {
      made ??= make();
      return made;
    };
    Object.defineProperty(clients, name, { enumerable: true, get });
  }
  return clients as Clients;
}
