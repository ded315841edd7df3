import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { dynamoDbTable } from '../adapters/dynamodb-table.ts';
import { secretsManager } from '../adapters/secrets-manager.ts';
import { sqsQueue } from '../adapters/sqs-queues.ts';
import { type Machine, nodeSystem } from '../adapters/system.ts';
import { allowList, OriginSecret, SigningSecretCache } from '../core/authenticate/index.ts';
import { DAY, SECOND, type Secrets } from '../core/model/index.ts';
import type { VerifierEnvironment } from '../environment/verifier.ts';
import { RefusalLog } from './refusal-log.ts';
import type { Verifier } from './verifier.ts';

/**
 * The reads of secrets in one request end this long after the first of them, in milliseconds: known values then stay in use,
 * and the calls that follow still have more than half of the request's time. A sandbox that knows none may need as long to begin.
 */
const SECRETS_LIMIT = 4 * SECOND;

/** Clients of the AWS services that the verifier calls. */
export interface VerifierClients {
  dynamoDb: Pick<DynamoDBClient, 'send'>;
  sqs: Pick<SQSClient, 'send'>;
  secrets: Pick<SecretsManagerClient, 'send'>;
}

type AwsParts = Pick<
  Verifier,
  'ports' | 'signingSecret' | 'origin' | 'machine' | 'isAllowed' | 'retentionDays' | 'bodyDays' | 'refusals'
>;

/** The parts of a verifier that its environment determines. */
export function awsVerifier(
  clients: VerifierClients,
  environment: VerifierEnvironment,
  machine: Machine = nodeSystem,
): AwsParts {
  const { tableName, queueUrl, signingSecretArn: secretId, secretCache: cache, origin } = environment;
  const previousGrace = environment.previousSecretGracePeriod;
  return {
    ports: (signal) => ({
      table: dynamoDbTable(clients.dynamoDb, tableName, signal),
      queue: sqsQueue(clients.sqs, queueUrl, signal),
      secrets: limitedSecrets(clients.secrets, signal, machine),
    }),
    signingSecret: new SigningSecretCache({ secretId, cache, previousGrace }, machine),
    origin: origin && {
      secret: new OriginSecret({ secretId: origin.secretArn, cache }, machine),
      isRequired: origin.isRequired,
    },
    machine,
    isAllowed: allowList(environment.sourceIpAllowList),
    refusals: new RefusalLog(),
    retentionDays: environment.eventRetention / DAY,
    bodyDays: environment.bodyRetention / DAY,
  };
}

/** The limit counts from the first read: most requests make none, and need no timer. */
function limitedSecrets(client: VerifierClients['secrets'], signal: AbortSignal, machine: Machine): Secrets {
  let secrets: Secrets | undefined;
  return {
    get(...asked) {
      secrets ??= secretsManager(client, AbortSignal.any([signal, machine.abortAfter(SECRETS_LIMIT)]));
      return secrets.get(...asked);
    },
  };
}
