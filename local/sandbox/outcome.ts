/** How an invocation ended. Only a `failed` one is a function error in AWS's sense. */
export type Outcome =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly cause: FailureCause; readonly error: FunctionError };

/** `stopped`: the local run is ending. */
export type FailureCause = 'handler' | 'init' | 'timeout' | 'crash' | 'stopped';

/** The error object that Lambda gives to whoever invoked the function. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** A failure in Lambda's form. */
export function failed(cause: FailureCause, errorType: string, errorMessage: string): Outcome {
  return { ok: false, cause, error: { errorType, errorMessage } };
}
