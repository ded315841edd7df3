import { Duration } from 'aws-cdk-lib';
import { LEASE as CLAIM_LEASE } from '../lambda/core/model/index.ts';

/**
 * These depend on each other: a processor must end before its lease, and a lease before its message is redelivered.
 * AWS recommends a visibility timeout of at least six times the function's timeout. This one is longer, so that a message
 * outlasts the seven days of the queue within 1000 receives even if the bundle does not load; the handler shortens it when it runs.
 */
export const PROCESSOR_TIMEOUT = Duration.seconds(55);
export const LEASE = Duration.millis(CLAIM_LEASE);
export const VISIBILITY_TIMEOUT = Duration.seconds(1020);

/** A delivery waits for 10 s at most, the start of a sandbox included. */
export const HANDLER_TIMEOUT = Duration.seconds(8);

/** More than the verifier's own deadline of 10 s, less than the 15 s after which Svix gives up on a delivery. */
export const VERIFIER_TIMEOUT = Duration.seconds(12);

export const SWEEPER_INTERVAL = Duration.minutes(15);
export const SWEEPER_TIMEOUT = Duration.minutes(2);

/** Small, so that a slow follow-up delays few others. */
export const BATCH_SIZE = 5;

/** The maximum of SQS: a deferred message is received again, so the receive count does not indicate failure. */
export const MAX_RECEIVE_COUNT = 1000;
