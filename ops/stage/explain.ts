import { AwsRefused, OperatorError } from '../errors.ts';

/** Is this an error of the AWS SDK with that name? */
export const isAwsError = (error: unknown, ...names: string[]): error is Error =>
  error instanceof Error && names.includes(error.name);

/** SDK error names, and what a person does about them. */
const REMEDIES: [names: RegExp, line: (error: Error) => string][] = [
  [
    /^(CredentialsProviderError|TokenProviderError)$/,
    () =>
      'no AWS credentials were found: set AWS_PROFILE or --profile, or sign in ("aws sso login", "aws configure")',
  ],
  [
    /^(ExpiredToken|ExpiredTokenException|RequestExpired|SSOTokenProviderFailure)$/,
    () => 'the AWS session has expired: sign in again ("aws sso login"), then repeat the command',
  ],
  [
    /^(UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch)$/,
    () => 'AWS does not know these credentials: check AWS_PROFILE or --profile, and AWS_SESSION_TOKEN',
  ],
  [
    /^(AccessDenied|AccessDeniedException|AuthorizationError|AuthorizationErrorException|UnauthorizedOperation)$/,
    ({ message }) => `AWS does not allow this: ${message} Ask for that permission, or use another --profile.`,
  ],
  [
    /^(ThrottlingException|Throttling|TooManyRequestsException|RequestThrottled|ProvisionedThroughputExceededException)$/,
    () =>
      'AWS is throttling these calls: wait a minute, then repeat the command; it goes on where it stopped',
  ],
  [
    /^(QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue)$/,
    () => 'the queue of this stack is gone: deploy the stack again, or name another --region',
  ],
  [
    /^ResourceNotFoundException$/,
    ({ message }) => `AWS cannot find it: ${message} Deploy the stack again, or name another --region.`,
  ],
];

const NETWORK = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|EPIPE|socket hang up|UND_ERR/;

/** Puts an SDK error into one line with a next step; what is no AWS matter comes back as it was. */
export function explain(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof OperatorError) return error;
  if (/Region is missing/i.test(error.message)) {
    return new AwsRefused('no AWS region is set: give --region, or set AWS_REGION', { cause: error });
  }
  const remedy = REMEDIES.find(([names]) => names.test(error.name));
  if (remedy) return new AwsRefused(remedy[1](error), { cause: error });
  const code = String((error as { code?: unknown }).code ?? '');
  if (NETWORK.test(code) || NETWORK.test(error.message) || error.name === 'TimeoutError') {
    return new AwsRefused(
      'the network failed on the way: check the connection and --region, then repeat the command; what was done stays done',
      { cause: error },
    );
  }
  return error;
}
