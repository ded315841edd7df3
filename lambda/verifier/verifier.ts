import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Facts, Level } from '../adapters/log.ts';
import type { Machine } from '../adapters/system.ts';
import {
  authenticate,
  deliveryHeaders,
  refusalOf,
  type SecretCondition,
  type SigningSecretCache,
} from '../core/authenticate/index.ts';
import { printable, SECOND, type Secrets, type VerifierMetric } from '../core/model/index.ts';
import { type DeliveryFacts, type Receipt, type ReceivePorts, receive } from '../core/receive/index.ts';
import { MAX_BODY_BYTES } from '../core/store/index.ts';
import { clientOf, type Origin } from './client.ts';
import type { Refusal, RefusalLog } from './refusal-log.ts';
import { respond } from './respond.ts';

/** All AWS calls of one request share this end, two seconds before the function's own. */
const DEADLINE = 10 * SECOND;

/** What a verifier holds on to from one request to the next, and what it gets for each. */
export interface Verifier {
  /** The ports of one request, all of whose calls the signal ends. */
  ports(signal: AbortSignal): Pick<ReceivePorts, 'table' | 'queue'> & { secrets: Secrets };
  signingSecret: SigningSecretCache;
  /** Undefined where nothing stands in front of the gateway. */
  origin: Origin | undefined;
  machine: Machine;
  isAllowed(address: string): boolean;
  retentionDays: number;
  bodyDays?: number;
  refusals: RefusalLog;
  /** Writes a line, with what has been counted since the one before. */
  log(level: Level, message: string, facts?: Facts): void;
  count(metric: VerifierMetric): void;
}

/** The part of an API Gateway event that counts. */
export type WebhookRequest = Pick<APIGatewayProxyEventV2, 'headers' | 'body' | 'isBase64Encoded'> & {
  requestContext: {
    domainName?: string;
    http: Pick<APIGatewayProxyEventV2['requestContext']['http'], 'sourceIp'>;
  };
};

const METRICS = {
  accepted: 'EventAccepted',
  duplicate: 'EventDuplicate',
  ignored: 'EventIgnored',
  unprocessable: 'EventUnprocessable',
} as const satisfies Record<Receipt['outcome'], VerifierMetric>;

/** What is known of a request, for the line about its failure. */
type RequestFacts = DeliveryFacts & { svix_id?: string | undefined };

/** Takes in one webhook. Raw body first, signature second, JSON third. */
export async function answerWebhook(
  verifier: Verifier,
  event: WebhookRequest,
): Promise<APIGatewayProxyStructuredResultV2> {
  const facts: RequestFacts = {};
  try {
    return await take(verifier, event, facts);
  } catch (error) {
    // Nothing has been promised yet, and Svix retries after a 503.
    verifier.count('DependencyFailed');
    verifier.log('error', 'a dependency failed; the sender will retry', {
      ...facts,
      reason: 'dependency_failed',
      error,
    });
    return respond(503, 'unavailable');
  }
}

async function take(
  verifier: Verifier,
  event: WebhookRequest,
  facts: RequestFacts,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { machine, signingSecret, refusals, count, log } = verifier;
  const refuse = (reason: Refusal, size?: { bytes: number }) =>
    refusals.note(log, reason, machine.now(), size);
  const { secrets, ...ports } = verifier.ports(machine.abortAfter(DEADLINE));
  const client = await clientOf(verifier.origin, event, secrets);
  if (client.kind === 'around' || !verifier.isAllowed(client.address)) {
    count('SourceRejected');
    refuse(client.kind === 'around' ? 'origin' : 'source');
    return respond(403, 'forbidden');
  }
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.byteLength > MAX_BODY_BYTES) {
    count('BodyTooLarge');
    refuse('too_large', { bytes: body.byteLength });
    // It will never be smaller, so Svix need not try again.
    return respond(413, 'too_large', { 'webhook-delivery': 'abort-message' });
  }
  const headers = deliveryHeaders(event.headers);
  const verdict = await authenticate(signingSecret, secrets, headers, body);
  reportSecret(verifier, signingSecret.condition, verdict.kind === 'not_configured');
  if (verdict.kind === 'not_configured') return respond(503, 'unavailable');
  if (verdict.kind === 'rejected') {
    const reason = refusalOf(headers, machine.now());
    count(reason === 'unsigned' ? 'UnsignedRequest' : 'SignatureRejected');
    if (reason === 'stale') count('TimestampRejected');
    refuse(reason, { bytes: body.byteLength });
    return respond(400, 'bad_request');
  }
  if (verdict.signer === 'previous') count('PreviousSecretUsed');

  // Only from here on: an id that no one has signed may be anything.
  facts.svix_id = printable(verdict.svixId);
  const delivery = { svixId: verdict.svixId, body, facts };
  const receipt = await receive(
    { ...ports, system: machine },
    delivery,
    verifier.retentionDays,
    verifier.bodyDays,
  );
  count(METRICS[receipt.outcome]);
  const { event: event_id, outcome, reason } = receipt;
  if (reason === 'unknown_status') count('UnknownStatus');
  log('info', 'webhook accepted', {
    event_id,
    run_id: receipt.run,
    outcome,
    ...(reason && { reason }),
    bytes: body.byteLength,
    // `deploy` goes by these before it closes a way that deliveries still take.
    host: event.requestContext.domainName,
    via: client.kind,
  });
  return respond(outcome === 'unprocessable' ? 202 : 200, outcome);
}

const SET_IT = 'copy it from the endpoint in the Svix portal, then: npx --no cyberdesk-webhooks secret set';

/** A current secret that is not a valid key, or has an odd length, is reported even while the previous key still verifies. */
function reportSecret({ log, count }: Verifier, condition: SecretCondition, isFatal: boolean): void {
  if (condition === 'odd_length') count('SigningSecretOddLength');
  if (condition === 'malformed') {
    count('SigningSecretMalformed');
    log('warn', `the signing secret has a value that is not a valid key; ${SET_IT}`);
  } else if (isFatal) {
    count('SigningSecretNotSet');
    log(
      'warn',
      condition === 'denied'
        ? 'this function may not read the signing secret; check its role and the policies of the secret and its key'
        : `the signing secret is not set; ${SET_IT}`,
    );
  }
}
