import { Duration } from 'aws-cdk-lib';

/**
 * One chain: a processor ends before its lease does, and a lease before its message is received again. AWS recommends a
 * visibility time-out of at least six times the function's. This one is longer, so that 1000 receives outlast the seven
 * days of the queue even if the bundle does not load; the handler shortens it whenever it runs.
 */
export const PROCESSOR_TIMEOUT = Duration.seconds(45);
export const LEASE = Duration.seconds(60);
export const VISIBILITY_TIMEOUT = Duration.seconds(630);

/** Above the verifier's own deadline of 10 s, below the 15 s after which Svix gives a delivery up. */
export const VERIFIER_TIMEOUT = Duration.seconds(12);

export const SWEEPER_INTERVAL = Duration.minutes(15);
export const SWEEPER_TIMEOUT = Duration.minutes(2);

/** Small, so that one slow follow-up keeps few others waiting. */
export const BATCH_SIZE = 5;

/** The highest that SQS takes: waiting is done by receiving again, so receives are no measure of failure. */
export const MAX_RECEIVE_COUNT = 1000;
