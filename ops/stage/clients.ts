import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import type { Clients } from './stage.ts';

export interface ClientSettings {
  region?: string | undefined;
  /** Named profile of the caller's AWS configuration. */
  profile?: string | undefined;
  /** Only in the local run; elsewhere the caller's usual chain of credentials. */
  credentials?: AwsCredentialIdentity | undefined;
  /** Only in the local run. */
  endpoints?: Partial<Record<'dynamodb' | 'sqs' | 'sns' | 'secretsmanager', string>> | undefined;
}

/** Clients of one stage, each made when it is first asked for: a verb needs two or three of them. */
export function createClients({ endpoints, ...settings }: ClientSettings): Clients {
  const base = { ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) };
  const at = (endpoint: string | undefined) => ({ ...base, ...(endpoint !== undefined && { endpoint }) });
  const made = new Map<string, unknown>();
  const once = <T>(name: string, make: () => T): T => {
    if (!made.has(name)) made.set(name, make());
    return made.get(name) as T;
  };
  return {
    get dynamoDb() {
      return once('dynamoDb', () => new DynamoDBClient(at(endpoints?.dynamodb)));
    },
    get sqs() {
      return once('sqs', () => new SQSClient(at(endpoints?.sqs)));
    },
    get sns() {
      return once('sns', () => new SNSClient(at(endpoints?.sns)));
    },
    get secrets() {
      return once('secrets', () => new SecretsManagerClient(at(endpoints?.secretsmanager)));
    },
    get cloudFormation() {
      return once('cloudFormation', () => new CloudFormationClient(base));
    },
    get cloudWatch() {
      return once('cloudWatch', () => new CloudWatchClient(base));
    },
    get sts() {
      return once('sts', () => new STSClient(base));
    },
  };
}
