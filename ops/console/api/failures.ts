import { BadArgumentError, NotConfirmedError, OperatorError, UnknownEventError } from '../../errors.ts';
import { explain } from '../../stage/explain.ts';

export class NotFoundError extends OperatorError {
  override name = 'NotFound';
}

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

/** An error as the page shows it. Of an unexpected one, only the name: its message may quote anything. */
export function describeFailure(thrown: unknown) {
  const error = explain(thrown);
  if (!(error instanceof OperatorError)) {
    const name = error instanceof Error ? error.name : 'Error';
    const message = `unexpected error (${name}): try again; if it persists, the same command in a terminal shows more`;
    return { status: 500, error: name, message };
  }
  const status = STATUS.find(([kind]) => error instanceof kind)?.[1] ?? 500;
  return { status, error: error.name, message: error.message };
}

/** The last line of work that has failed. */
export interface FailedLine {
  kind: 'failed';
  error: string;
  message: string;
}

export function failedLine(thrown: unknown): FailedLine {
  const { error, message } = describeFailure(thrown);
  return { kind: 'failed', error, message };
}
