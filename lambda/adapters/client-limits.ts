import { SECOND } from '../core/model/index.ts';

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
    // From the moment at which the request waits for a connection. By itself, this would only log a warning.
    requestTimeout: ATTEMPT_TIMEOUT,
    throwOnRequestTimeout: true,
    // The one before ends with the first part of an answer.
    socketTimeout: ATTEMPT_TIMEOUT,
  },
};

/**
 * The same for the sweeper, which has two minutes and makes many calls at once: those that wait for a connection, on a
 * fraction of a processor, are not to be given up.
 */
export const SWEEPER_LIMITS = {
  maxAttempts: ATTEMPTS,
  requestHandler: { requestTimeout: 10 * SECOND, throwOnRequestTimeout: true, socketTimeout: 10 * SECOND },
};
