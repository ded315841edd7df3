import { BadArgumentError, NotConfirmedError, OperatorError, UnknownEventError } from '../../errors.ts';
import { explain } from '../../stage/explain.ts';

/** There is no such call. */
export class NotFoundError extends OperatorError {
  override name = 'NotFound';
}

/** The call exists, but not with this method. */
export class WrongMethodError extends OperatorError {
  override name = 'WrongMethod';
}

const STATUS: [new (...args: never[]) => Error, number][] = [
  [BadArgumentError, 400],
  [NotFoundError, 404],
  [UnknownEventError, 404],
  [WrongMethodError, 405],
  [NotConfirmedError, 409],
  // Something that the console depends on has failed.
  [OperatorError, 502],
];

export interface Failure {
  status: number;
  /** Name of the error's class. */
  error: string;
  /** What happened and what to do. */
  message: string;
}

/** An error as the page shows it. Of an unexpected one, only the name: its message may quote anything. */
export function describeFailure(thrown: unknown): Failure {
  const error = explain(thrown);
  if (!(error instanceof OperatorError)) {
    const name = error instanceof Error ? error.name : 'Error';
    return {
      status: 500,
      error: name,
      message: `unexpected error (${name}): try again; if it persists, the same command in a terminal shows more`,
    };
  }
  const status = STATUS.find(([kind]) => error instanceof kind)?.[1] ?? 500;
  return { status, error: error.name, message: error.message };
}
