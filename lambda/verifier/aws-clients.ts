import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CALL_LIMITS } from '../adapters/client-limits.ts';

export const verifierClients = () => ({
  dynamoDb: new DynamoDBClient(CALL_LIMITS),
  sqs: new SQSClient(CALL_LIMITS),
  secrets: new SecretsManagerClient(CALL_LIMITS),
});
