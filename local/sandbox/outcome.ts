/**
 * How an invocation ended. Only `handler` is a function error in the sense of AWS; `error` is what Lambda returns to
 * whoever invoked the function. `frame`: the first one of the stack, if the function could not be loaded.
 */
export type Outcome = Readonly<
  | { kind: 'success'; payload: string }
  | {
      kind: 'failure';
      cause: FailureCause;
      error: Readonly<{ errorType: string; errorMessage: string }>;
      frame?: string;
    }
>;

/** `stopped`: the local run is shutting down. */
export type FailureCause = 'handler' | 'init' | 'timeout' | 'crash' | 'stopped';

/** A failure in Lambda's format. */
export function failed(cause: FailureCause, errorType: string, errorMessage: string): Outcome {
  return { kind: 'failure', cause, error: { errorType, errorMessage } };
}

/** The failure that a function reports in this JSON. */
export function reported(cause: 'handler' | 'init' | 'crash', payload: string): Outcome {
  try {
    const { errorType = 'Error', errorMessage = '', trace = [] } = JSON.parse(payload);
    const frame = cause === 'init' && trace.find((line: unknown) => /^\s*at /.test(String(line)));
    return {
      ...failed(cause, String(errorType), String(errorMessage)),
      ...(frame && { frame: String(frame).trim() }),
    };
  } catch {
    return failed(cause, 'Error', 'The function reported an error that is not JSON.');
  }
}
