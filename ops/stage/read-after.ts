import type { OperatorError } from '../errors.ts';
import { toOperatorError } from './explain.ts';

/** What was read, or why it could not be. */
export type ReadAfter<T> = { value: T; unread?: undefined } | { value?: undefined; unread: OperatorError };

/**
 * Reads what a report says after something was done. What was done stays done, so a failure here is part of the report:
 * whoever is shown a failure repeats the command.
 */
export async function readAfter<T>(read: () => Promise<T>): Promise<ReadAfter<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    return { unread: toOperatorError(error) };
  }
}
