/**
 * A mistake or a circumstance that the person at the keyboard can mend. It is shown as one line, without a stack
 * trace: the message says what is wrong and what to do next.
 */
export class OperatorError extends Error {
  override name = 'OperatorError';
}

/** An argument or option that cannot be used as it is. */
export class BadArgument extends OperatorError {
  override name = 'BadArgument';
}

/** The local run does not answer. */
export class LocalRunAway extends OperatorError {
  override name = 'LocalRunAway';
}

/** There is no such stack in this account and region. */
export class StackNotDeployed extends OperatorError {
  override name = 'StackNotDeployed';
  /** Where it was looked for; empty where nothing says. */
  region = '';
}

/** The stack lacks an output that a verb needs. */
export class OutputMissing extends OperatorError {
  override name = 'OutputMissing';
}

/** AWS refused or could not be reached; the cause is the SDK's own error. */
export class AwsRefused extends OperatorError {
  override name = 'AwsRefused';
}

/** No event has this id. */
export class UnknownEvent extends OperatorError {
  override name = 'UnknownEvent';
}

/** The endpoint or Cyberdesk's API could not be reached, or answered with what nobody expects. */
export class NotReachable extends OperatorError {
  override name = 'NotReachable';
}

/** A question was answered with no, or could not be asked. */
export class NotConfirmed extends OperatorError {
  override name = 'NotConfirmed';
}
