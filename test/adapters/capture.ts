/** A call to an AWS client. */
export interface Sent {
  command: string;
  input: Record<string, unknown>;
  signal: AbortSignal | undefined;
}

/** An AWS client that gives one answer to all calls, or throws it if it is an error. */
export function capture(answer: object = {}) {
  const sent: Sent[] = [];
  const send = async (
    command: { input: Record<string, unknown> },
    { abortSignal: signal }: { abortSignal?: AbortSignal } = {},
  ) => {
    sent.push({ command: command.constructor.name, input: command.input, signal });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { sent, client: { send } as { send: never } };
}

/** The signal that a caller gives to an adapter; it must go with each call. */
export const { signal } = new AbortController();
