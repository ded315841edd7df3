import type { DeliveryOutcome } from '../../core/model/index.ts';
import { failureOf } from '../failure.ts';

/** Errors after which the same delivery can never succeed. */
const REFUSALS = new Set([
  // There is no such queue, function or bus.
  'QueueDoesNotExist',
  'NonExistentQueue',
  'ResourceNotFoundException',
  // The message is too large, or is not a text that the service takes.
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'InvalidMessageContents',
  'InvalidRequestContentException',
  'RequestTooLargeException',
  'RequestEntityTooLargeException',
  'UnsupportedOperation',
  'ValidationException',
]);

/** What an error of an AWS client says about a delivery. */
export function deliveryFailureOf(error: unknown): Exclude<DeliveryOutcome, { kind: 'delivered' }> {
  const failure = failureOf(error, REFUSALS);
  return failure.kind === 'refused' ? failure : { ...failure, problem: 'not_delivered' };
}
