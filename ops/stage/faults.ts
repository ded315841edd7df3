import { OperatorError } from '../errors.ts';

/** The parts of an SDK error by which AWS identifies it. */
interface AwsFault extends Error {
  $metadata?: { requestId?: string | undefined; httpStatusCode?: number | undefined };
}

/** Is this an error that AWS answered with? */
export const isAwsFault = (error: Error): error is AwsFault => '$metadata' in error || '$fault' in error;

/** The `code` of an error of Node, as `ENOENT`. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Names and ids only: any other text may be private. */
const plain = (text: unknown): string | undefined =>
  typeof text === 'string' && /^[\w.:#=/+-]{1,100}$/.test(text) ? text : undefined;

const listed = (...parts: (string | undefined)[]): string => {
  const known = parts.filter((part) => part !== undefined);
  return known.length > 0 ? ` (${known.join(', ')})` : '';
};

export interface Explanation {
  problem: string;
  next: string;
}

const CERTIFICATE =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_[A-Z_]+|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/** An answer that was not listened to, as the certificate of whoever gave it is not trusted; otherwise undefined. */
export function certificateFault(error: unknown): Explanation | undefined {
  for (const each of withCauses(error)) {
    const code = codeOf(each);
    if (code === undefined || !CERTIFICATE.test(code)) continue;
    return {
      problem: `the certificate of the server, or of a proxy before it, is not trusted (${code})`,
      next: 'name the file with the certificate of your proxy in NODE_EXTRA_CA_CERTS or AWS_CA_BUNDLE; if it has expired, check the clock of this machine',
    };
  }
  return undefined;
}

/** An error, and what it was caused by. */
function* withCauses(error: unknown): Generator<Error> {
  let at = error;
  for (let depth = 0; at instanceof Error && depth < 5; depth += 1) {
    yield at;
    at = at.cause;
  }
}

/** An unexpected error response of AWS, without its message, which may quote the request. */
export function describeAwsFault(error: AwsFault): Explanation {
  const { requestId, httpStatusCode: status } = error.$metadata ?? {};
  const id = plain(requestId);
  const facts = listed(status === undefined ? undefined : `HTTP ${status}`, id && `request id ${id}`);
  const next =
    status !== undefined && status >= 500
      ? 'AWS failed; wait a minute, and check health.aws.amazon.com if it persists'
      : 'check --stage, --name and --region, and that the stack was deployed from this release';
  return {
    problem: `AWS answered ${plain(error.name) ?? 'with an error'}${facts}`,
    next: `${next}; then repeat the command. DEBUG=1 shows which call it was`,
  };
}

/** A bug in this program, or a fault of the machine, without its message, which may quote anything. */
export class UnexpectedError extends OperatorError {
  constructor(cause: unknown) {
    const name = cause instanceof Error ? cause.name : 'Error';
    super(`unexpected error${listed(plain(name), plain(codeOf(cause)))}`, {
      next: 'try again; if it persists, rerun with DEBUG=1 and report the stack trace',
      cause,
    });
    this.name = name;
  }
}

/** Where an error and its causes were thrown: names and lines of code, no messages. */
export function* placesOf(error: unknown): Generator<string> {
  for (const each of withCauses(error)) {
    yield `${each === error ? '' : 'caused by '}${plain(each.name) ?? 'Error'}`;
    yield* each.stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? [];
  }
}
