import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import { ApiKey } from '../adapters/api-key.ts';
import { cyberdeskApi } from '../adapters/cyberdesk-api.ts';
import { awsDestinations, type DestinationClients } from '../adapters/destinations/index.ts';
import { dynamoDbTable } from '../adapters/dynamodb-table.ts';
import { secretsManager } from '../adapters/secrets-manager.ts';
import { snsTopics } from '../adapters/sns-topics.ts';
import { hideMessage, sqsDeadLetterQueue } from '../adapters/sqs-queues.ts';
import { type Machine, nodeSystem } from '../adapters/system.ts';
import { PauseGate } from '../core/pause/index.ts';
import type { ClientOptions } from '../cyberdesk/client.ts';
import type { ProcessorEnvironment } from '../environment/processor.ts';
import type { Processor } from './processor.ts';
import { settingsOf } from './settings.ts';

/** Clients of the AWS services that the processor calls. */
export interface ProcessorClients extends DestinationClients {
  dynamoDb: Pick<DynamoDBClient, 'send'>;
  sns: Pick<SNSClient, 'send'>;
  secrets: Pick<SecretsManagerClient, 'send'>;
}

type AwsParts = Pick<Processor, 'ports' | 'hide' | 'gate' | 'machine' | 'settings' | 'functionTimeout'>;

/**
 * The parts of a processor that its environment determines.
 *
 * @param options Of the client of Cyberdesk's API.
 */
export function awsProcessor(
  clients: ProcessorClients,
  environment: ProcessorEnvironment,
  machine: Machine = nodeSystem,
  options: ClientOptions = {},
): AwsParts {
  const { tableName, queueUrl, deadLetterQueueUrl, functionTimeout } = environment;
  const settings = settingsOf(environment);
  const arns = { notify: environment.notifyTopicArn, publish: environment.publishTopicArn };
  const api = { ...options, baseUrl: settings.apiUrl, repeatUnanswered: settings.repeatUnanswered };
  const apiKey = new ApiKey(environment.apiKeySecretArn, machine);
  return {
    ports(signal) {
      const secrets = secretsManager(clients.secrets, signal, machine);
      return {
        table: dynamoDbTable(clients.dynamoDb, tableName, signal),
        deadLetters: sqsDeadLetterQueue(clients.sqs, deadLetterQueueUrl, signal),
        cyberdesk: cyberdeskApi(api, apiKey, secrets),
        secrets,
        topics: snsTopics(clients.sns, arns, machine, signal),
        destinations: awsDestinations(clients, environment.destinations, machine, signal),
      };
    },
    hide: hideMessage(clients.sqs, queueUrl),
    gate: new PauseGate(machine, settings.lease),
    machine,
    settings,
    functionTimeout,
  };
}
