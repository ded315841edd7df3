/** What an error carries besides the problem. */
export interface Advice extends ErrorOptions {
  /** What to do about it, in the imperative. */
  next?: string | undefined;
}

/** A problem, and what to do about it, in one line. */
export const inOneLine = ({ problem, next }: { problem: string; next?: string | undefined }): string =>
  next === undefined ? problem : `${problem}: ${next}`;

/**
 * A mistake or a circumstance that the person at the keyboard can fix. It is shown as one line, without a stack
 * trace: `message` is the problem, a colon and the advice.
 *
 * `name` is what `--json` calls the error. Scripts rely on it, so it does not follow the name of the class.
 */
export class OperatorError extends Error {
  override name = 'OperatorError';
  readonly problem: string;
  readonly next: string | undefined;

  constructor(problem: string, { next, ...options }: Advice = {}) {
    super(inOneLine({ problem, next }), options);
    this.problem = problem;
    this.next = next;
  }
}

export class BadArgumentError extends OperatorError {
  override name = 'BadArgument';
}

export class LocalRunNotFoundError extends OperatorError {
  override name = 'LocalRunAway';
}

/** The stage's stack does not exist in this account and region. */
export class StackNotDeployedError extends OperatorError {
  override name = 'StackNotDeployed';
  readonly stackName: string;
  /** Where it was looked for; empty if unknown. */
  readonly region: string;

  /** @param known which stages exist, and where */
  constructor(
    stackName: string,
    { stage, region, known }: { stage: string; region: string; known?: string },
  ) {
    const others = known === undefined ? '' : ` (${known})`;
    super(`stack ${stackName} does not exist in ${region || 'this region'}${others}`, {
      next: `deploy it (npm run deploy -- ${stage}), or say where it is with --region, --profile or --name`,
    });
    this.stackName = stackName;
    this.region = region;
  }
}

/** The stack lacks an output that a verb needs. */
export class MissingOutputError extends OperatorError {
  override name = 'OutputMissing';
}

/** AWS refused a call or could not be reached; the cause is the SDK's own error. */
export class AwsRefusedError extends OperatorError {
  override name = 'AwsRefused';
}

export class UnknownEventError extends OperatorError {
  override name = 'UnknownEvent';
}

/** The endpoint or Cyberdesk's API could not be reached, or gave an unexpected answer. */
export class NotReachableError extends OperatorError {
  override name = 'NotReachable';
}

/** A question was answered with no, or could not be asked. */
export class NotConfirmedError extends OperatorError {
  override name = 'NotConfirmed';
}
