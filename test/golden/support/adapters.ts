/** The adapters by what they are for: the one place to adapt when they move or are renamed. */
import { ApiKey } from '../../../lambda/adapters/api-key.ts';
import { batchReader } from '../../../lambda/adapters/batch-reader.ts';
import { cyberdeskApi } from '../../../lambda/adapters/cyberdesk-api.ts';
import { dynamoDbTable } from '../../../lambda/adapters/dynamodb-table.ts';
import { openIndex } from '../../../lambda/adapters/open-index.ts';
import { secretsManager } from '../../../lambda/adapters/secrets-manager.ts';
import { snsTopics } from '../../../lambda/adapters/sns-topics.ts';
import {
  hideMessage,
  sqsDeadLetterQueue,
  sqsQueue,
  sqsResendQueue,
} from '../../../lambda/adapters/sqs-queues.ts';
import { nodeSystem } from '../../../lambda/adapters/system.ts';
import * as metricNames from '../../../lambda/core/model/index.ts';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../../../lambda/core/model/index.ts';
import { TestSystem } from '../../core/support/system.ts';

export { hideMessage };

export const METRICS = {
  namespace: METRIC_NAMESPACE,
  dimension: METRIC_DIMENSION,
  verifier: metricNames.VERIFIER_METRICS,
  processor: metricNames.PROCESSOR_METRICS,
  sweeper: metricNames.SWEEPER_METRICS,
};

/** Everything that talks to AWS, over one client. */
export const awsAdapters = (client: { send: (command: never) => Promise<never> }) => ({
  table: dynamoDbTable(client as never, 'table'),
  open: openIndex(client as never, 'table'),
  reader: batchReader(client as never, 'table'),
  resend: sqsResendQueue(client as never, 'https://sqs/queue'),
  queue: sqsQueue(client as never, 'https://sqs/queue'),
  deadLetters: sqsDeadLetterQueue(client as never, 'https://sqs/dlq'),
  topics: snsTopics(
    client as never,
    { notify: 'arn:notify', publish: 'arn:publish' },
    nodeSystem,
    new AbortController().signal,
  ),
  secrets: secretsManager(client as never),
});

/** Cyberdesk as the core sees it, over the API at this address. */
export const cyberdeskAt = (url: string) =>
  cyberdeskApi({ baseUrl: url }, new ApiKey('arn:api-key', new TestSystem()), {
    get: async () => ({ kind: 'found', value: 'cd_key', versionId: 'v', createdAt: 0 }),
  });
