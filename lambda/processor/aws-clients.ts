import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CALL_LIMITS } from '../adapters/client-limits.ts';

export const processorClients = () => ({
  dynamoDb: new DynamoDBClient(CALL_LIMITS),
  // The customer's queues are known by ARN; all are in this region.
  sqs: new SQSClient({ ...CALL_LIMITS, useQueueUrlAsEndpoint: false }),
  sns: new SNSClient(CALL_LIMITS),
  secrets: new SecretsManagerClient(CALL_LIMITS),
  // A function of the customer's may take as long as a delivery, whose signal ends the call.
  lambda: new LambdaClient(),
  eventBridge: new EventBridgeClient(CALL_LIMITS),
});
