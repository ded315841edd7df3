import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { dynamoDbTable } from '../adapters/dynamodb-table.ts';
import { createLogger } from '../adapters/log.ts';
import { Metrics } from '../adapters/metrics.ts';
import { secretsManager } from '../adapters/secrets-manager.ts';
import { sqsQueue } from '../adapters/sqs-queues.ts';
import { nodeSystem } from '../adapters/system.ts';
import {
  allowList,
  authenticate,
  deliveryHeaders,
  type SecretCondition,
  SigningSecretCache,
} from '../core/authenticate/index.ts';
import { DAY, SECOND, type VerifierMetric } from '../core/model/index.ts';
import { type Receipt, receive } from '../core/receive/index.ts';
import { MAX_BODY_BYTES } from '../core/store/index.ts';
import { readEnvironment } from '../environment/fields.ts';
import { verifierEnvironment } from '../environment/verifier.ts';
import { respond } from './respond.ts';

/** All AWS calls of one request share this end, two seconds before the function's own. */
const DEADLINE = 10 * SECOND;

const dynamoDb = new DynamoDBClient();
const sqs = new SQSClient();
const secretsClient = new SecretsManagerClient();
const logger = createLogger();
const metrics = new Metrics<VerifierMetric>();
const environment = readEnvironment(verifierEnvironment);
const { tableName, queueUrl } = environment;
const isAllowed = allowList(environment.sourceIpAllowList);
const retentionDays = environment.eventRetention / DAY;
const signingSecret = new SigningSecretCache(
  {
    secretId: environment.signingSecretArn,
    cache: environment.secretCache,
    previousGrace: environment.previousSecretGracePeriod,
  },
  nodeSystem,
);

const METRICS = {
  accepted: 'EventAccepted',
  duplicate: 'EventDuplicate',
  ignored: 'EventIgnored',
  unprocessable: 'EventUnprocessable',
} as const satisfies Record<Receipt['outcome'], VerifierMetric>;

/** Takes in one webhook. Raw body first, signature second, JSON third. */
export async function handler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  logger.addContext(context);
  try {
    return await take(event);
  } catch (error) {
    // Nothing has been promised yet, and Svix retries after a 503.
    logger.error('a dependency failed; the sender will retry', error as Error);
    metrics.count('DependencyFailed');
    return respond(503, 'unavailable');
  } finally {
    metrics.flush();
  }
}

async function take(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  if (!isAllowed(event.requestContext.http.sourceIp)) {
    metrics.count('SourceRejected');
    return respond(403, 'forbidden');
  }
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.byteLength > MAX_BODY_BYTES) {
    metrics.count('BodyTooLarge');
    // It will never be smaller, so Svix need not try again.
    return respond(413, 'too_large', { 'webhook-delivery': 'abort-message' });
  }
  const signal = AbortSignal.timeout(DEADLINE);
  const secrets = secretsManager(secretsClient, signal);
  const headers = deliveryHeaders(event.headers);
  const verdict = await authenticate(signingSecret, secrets, headers, body);
  reportSecret(signingSecret.condition, verdict.kind === 'not_configured');
  if (verdict.kind === 'not_configured') return respond(503, 'unavailable');
  if (verdict.kind === 'rejected') {
    metrics.count('SignatureRejected');
    return respond(400, 'bad_request');
  }
  if (verdict.signer === 'previous') metrics.count('PreviousSecretUsed');

  const ports = {
    table: dynamoDbTable(dynamoDb, tableName, signal),
    queue: sqsQueue(sqs, queueUrl, signal),
    system: nodeSystem,
  };
  const receipt = await receive(ports, { svixId: verdict.svixId, body }, retentionDays);
  metrics.count(METRICS[receipt.outcome]);
  if (receipt.reason === 'unknown_status') metrics.count('UnknownStatus');
  logger.info('webhook accepted', {
    event_id: receipt.event,
    outcome: receipt.outcome,
    bytes: body.byteLength,
  });
  return respond(receipt.outcome === 'unprocessable' ? 202 : 200, receipt.outcome);
}

const SET_IT = 'copy it from the endpoint in the Svix portal, then: npx cyberdesk-webhooks secret set';

/** A current secret that is not a valid key, or has an odd length, is reported even while the previous key still verifies. */
function reportSecret(condition: SecretCondition, isFatal: boolean): void {
  if (condition === 'odd_length') metrics.count('SigningSecretOddLength');
  if (condition === 'malformed') {
    logger.warn(`the signing secret has a value that is not a valid key; ${SET_IT}`);
    metrics.count('SigningSecretMalformed');
  } else if (isFatal) {
    logger.warn(
      condition === 'denied'
        ? 'this function may not read the signing secret; check its role and the policies of the secret and its key'
        : `the signing secret is not set; ${SET_IT}`,
    );
    metrics.count('SigningSecretNotSet');
  }
}
