import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SWEEPER_LIMITS } from '../adapters/client-limits.ts';

export const sweeperClients = () => ({
  dynamoDb: new DynamoDBClient(SWEEPER_LIMITS),
  sqs: new SQSClient(SWEEPER_LIMITS),
});
