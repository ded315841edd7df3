import { SECOND } from '../core/model/index.ts';

/** Milliseconds to connect in: enough for one packet that is lost, which is sent again after a second. */
const CONNECTION_TIMEOUT = 1.5 * SECOND;

/**
 * Milliseconds for one attempt of a call, until it is answered, and between two parts of an answer. What these services are
 * asked takes them some milliseconds; what takes longer is a connection that has died, or a service that hangs.
 */
export const ATTEMPT_TIMEOUT = 2.5 * SECOND;

/** The SDK's own number: with it, one dead connection costs nothing but time. */
const ATTEMPTS = 3;

/**
 * The time limits of a call to AWS. All attempts, with the fractions of a second between them, end within ten seconds: before the end of a
 * verifier's request, so that it answers 503; before that of an announcement or a delivery; and within the time that
 * an invocation of the processor keeps for recording what it has done. Without limits, a call that hangs would end with
 * its invocation, when nothing can be written any more, and would be counted as a crash.
 */
export const CALL_LIMITS = {
  maxAttempts: ATTEMPTS,
  requestHandler: {
    connectionTimeout: CONNECTION_TIMEOUT,
    // By itself, this would only log a warning.
    requestTimeout: ATTEMPT_TIMEOUT,
    throwOnRequestTimeout: true,
    // The one before ends with the first part of an answer.
    socketTimeout: ATTEMPT_TIMEOUT,
  },
};

/** A function of the customer's may take as long as a delivery: that ends the call by its signal. */
export const INVOCATION_LIMITS = {
  maxAttempts: ATTEMPTS,
  requestHandler: { connectionTimeout: CONNECTION_TIMEOUT },
};
