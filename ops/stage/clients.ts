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
  /** Only in the local run; elsewhere the caller's usual chain of credentials. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
  /** Only in the local run: all of its emulators. */
  endpoint?: string | undefined;
}

/**
 * Clients of one stage, each made when it is first asked for: a verb needs two or three of them.
 *
 * @throws BadArgumentError for a profile that is not there
 */
export function createClients(settings: ClientSettings): Clients {
  if (settings.credentials === undefined) checkProfile(settings.profile);
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const made = new Map<string, unknown>();
  const once = <T>(name: string, make: () => T): T => {
    if (!made.has(name)) made.set(name, make());
    return made.get(name) as T;
  };
  return {
    get dynamoDb() {
      return once('dynamoDb', () => new DynamoDBClient(given));
    },
    get sqs() {
      return once('sqs', () => new SQSClient(given));
    },
    get sns() {
      return once('sns', () => new SNSClient(given));
    },
    get secrets() {
      return once('secrets', () => new SecretsManagerClient(given));
    },
    get cloudFormation() {
      return once('cloudFormation', () => new CloudFormationClient(given));
    },
    get cloudWatch() {
      return once('cloudWatch', () => new CloudWatchClient(given));
    },
    get sts() {
      return once('sts', () => new STSClient(given));
    },
  };
}
