import { type DeliveryOutcome, wordOr } from '../../core/model/index.ts';

/**
 * Errors after which the same delivery can never succeed. A closed list: whatever is not on it may be throttling, a
 * permission that takes a while to apply, or something between us and AWS.
 */
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

/** What an error of an AWS client says about a delivery. Its message may quote the delivery, so it goes nowhere. */
export function failureOf(error: unknown): Exclude<DeliveryOutcome, { kind: 'delivered' }> {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const code = $metadata?.httpStatusCode;
  const status = code === undefined ? {} : { status: code };
  // Some codes of SQS come as `AWS.SimpleQueueService.…`.
  if (REFUSALS.has(name.split('.').at(-1) ?? '')) return { kind: 'refused', ...status };
  return { kind: 'failed', problem: 'not_delivered', ...status, error: wordOr(name, 'Error') };
}
