import { wordOr } from '../core/model/index.ts';

/** How a call to AWS failed. `error`: the code of AWS's error, one word. */
export type Failure =
  | { kind: 'refused'; status?: number }
  | { kind: 'failed'; status?: number; error: string };

/**
 * What an error of an AWS client says about a call. Its message may quote what was sent, so it goes nowhere.
 *
 * @param refusals Codes of errors after which the same call can never succeed. A closed list: whatever is not on it may be
 * throttling, a permission that takes a while to apply, or something between us and AWS.
 */
export function failureOf(error: unknown, refusals: ReadonlySet<string>): Failure {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const code = $metadata?.httpStatusCode;
  const status = code === undefined ? {} : { status: code };
  // Some codes of SQS come as `AWS.SimpleQueueService.…`.
  if (refusals.has(name.split('.').at(-1) ?? '')) return { kind: 'refused', ...status };
  return { kind: 'failed', ...status, error: wordOr(name, 'Error') };
}
