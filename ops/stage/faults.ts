/** The parts of an SDK error that AWS names itself by. */
interface AwsFault extends Error {
  $metadata?: { requestId?: string | undefined; httpStatusCode?: number | undefined };
}

/** Did AWS answer with this? */
export const isAwsFault = (error: Error): error is AwsFault => '$metadata' in error || '$fault' in error;

/** Names and ids; whatever else stands there may be anybody's text. */
const plain = (text: unknown): string | undefined =>
  typeof text === 'string' && /^[\w.:#=/+-]{1,100}$/.test(text) ? text : undefined;

const listed = (...parts: (string | undefined)[]): string => {
  const known = parts.filter((part) => part !== undefined);
  return known.length > 0 ? ` (${known.join(', ')})` : '';
};

/** An answer of AWS that nobody foresaw, without its text: that may quote what was sent. */
export function describeAwsFault(error: AwsFault): string {
  const { requestId, httpStatusCode: status } = error.$metadata ?? {};
  const id = plain(requestId);
  const facts = listed(
    status === undefined ? undefined : `HTTP ${status}`,
    id === undefined ? undefined : `request id ${id}`,
  );
  const next =
    status !== undefined && status >= 500
      ? 'AWS has a fault there; wait a minute, and look at health.aws.amazon.com if it stays'
      : 'check --stage, --name and --region, and that the stack is deployed from this release';
  return `AWS answered ${plain(error.name) ?? 'with an error'}${facts}: ${next}; then repeat the command. DEBUG=1 shows which call it was`;
}

/** A fault of this program, or of the machine under it, without its text: that may quote anything. */
export function describeFault(error: unknown): string {
  const { name, code } = (error instanceof Error ? error : {}) as NodeJS.ErrnoException;
  return `the command failed in a way that it does not know${listed(plain(name), plain(code))}: repeat it; if it stays, DEBUG=1 shows where, for a report`;
}

/** Where an error and its causes came from: names and lines of code, not their messages. */
export function* placesOf(error: unknown): Generator<string> {
  let at = error;
  for (let depth = 0; at instanceof Error && depth < 5; depth += 1) {
    yield `${depth === 0 ? '' : 'caused by '}${plain(at.name) ?? 'Error'}`;
    yield* at.stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? [];
    at = at.cause;
  }
}
