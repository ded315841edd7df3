import { BadArgumentError, NotConfirmedError, OperatorError, UnknownEventError } from '../../errors.ts';
import { explain } from '../../stage/explain.ts';

/** There is no such call. */
export class NotFound extends OperatorError {
  override name = 'NotFound';
}

/** The call is there, by another method. */
export class WrongMethod extends OperatorError {
  override name = 'WrongMethod';
}

const STATUS: [new (...args: never[]) => Error, number][] = [
  [BadArgumentError, 400],
  [NotFound, 404],
  [UnknownEventError, 404],
  [WrongMethod, 405],
  [NotConfirmedError, 409],
  // What stands behind the console has failed.
  [OperatorError, 502],
];

export interface Failure {
  status: number;
  /** Name of the error's class. */
  error: string;
  /** What is wrong and what to do. */
  message: string;
}

/** An error as the page shows it. Of one that nobody foresaw only the name: its text may quote anything. */
export function describeFailure(thrown: unknown): Failure {
  const error = explain(thrown);
  if (!(error instanceof OperatorError)) {
    const name = error instanceof Error ? error.name : 'Error';
    return {
      status: 500,
      error: name,
      message: `the console failed (${name}): try again; if it stays, the same verb on the command line tells more`,
    };
  }
  const status = STATUS.find(([kind]) => error instanceof kind)?.[1] ?? 500;
  return { status, error: error.name, message: error.message };
}
