import { OperatorError } from '../errors.ts';
import { isAwsError, toOperatorError } from '../stage/explain.ts';

const DENIED = ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'];

/** What is to be done could not be put on record, so it is not done. */
export class AuditRefusedError extends OperatorError {
  override name = 'AuditRefused';

  constructor(cause: unknown) {
    const { problem, next } = toOperatorError(cause);
    super(`the audit item could not be written, so this was not done; ${problem}`, {
      next:
        cause instanceof Error && isAwsError(cause, ...DENIED)
          ? 'ask for dynamodb:PutItem on the keys audit#* of the table (the grants of the construct include it)'
          : next,
      cause,
    });
  }
}
