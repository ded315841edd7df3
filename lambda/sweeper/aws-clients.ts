import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CALL_LIMITS } from '../adapters/client-limits.ts';

export const sweeperClients = () => ({
  dynamoDb: new DynamoDBClient(CALL_LIMITS),
  sqs: new SQSClient(CALL_LIMITS),
});
