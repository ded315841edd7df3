import { AwsRefusedError, OperatorError } from '../errors.ts';
import { describeAwsFault, isAwsFault } from './faults.ts';

/** Is this an error of the AWS SDK with that name? */
export const isAwsError = (error: unknown, ...names: string[]): error is Error =>
  error instanceof Error && names.includes(error.name);

/** The action and its resource, as far as AWS names them; the rest of its text may be anybody's, and is not repeated. */
function refusedCall(message: string): string {
  const [, action] =
    /not authorized to perform:? ([a-z0-9-]{2,40}:[A-Za-z]{2,64})(?![\w:])/.exec(message) ?? [];
  if (action === undefined) return 'this call (DEBUG=1 shows which it was)';
  const [, resource] =
    / on (?:the )?resource:? (arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12})?:[\w+=,.@/:*-]{1,256})(?=\s|$)/.exec(
      message,
    ) ?? [];
  return resource === undefined ? action : `${action} on ${resource}`;
}

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
    ({ message }) =>
      `AWS does not allow ${refusedCall(message)}: ask for that permission, or use another --profile`,
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
    () =>
      'AWS cannot find a part of the stack: deploy the stack again, or name another --region. DEBUG=1 shows which call it was',
  ],
];

/** Errors of the protocol's core, and what a person does about them. */
const OURS: Record<string, string> = {
  BodyLostError:
    "the stored body of this event is not whole: look at its run in Cyberdesk's dashboard instead, by the id that the event has",
  LaterReleaseError:
    'a later release than this one has written to the stage: repeat the command with that release',
  LostRaceError: 'somebody else changed the same item at this moment: repeat the command',
};

const NETWORK = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|EPIPE|socket hang up|UND_ERR/;

/** Puts an error of AWS or of the core into one line with a next step; what nobody foresaw comes back as it was. */
export function explain(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof OperatorError) return error;
  const [, region] = /Region not accepted: region="([^"]*)"/i.exec(error.message) ?? [];
  if (region === '' || /Region is missing/i.test(error.message)) {
    return new AwsRefusedError(
      'no AWS region is set: give one with --region (as in eu-central-1), or set AWS_REGION',
      { cause: error },
    );
  }
  if (region !== undefined) {
    return new AwsRefusedError(
      `"${region}" is no AWS region: give one like eu-central-1 with --region, AWS_REGION or the profile`,
      { cause: error },
    );
  }
  const ours = OURS[error.name];
  if (ours !== undefined) return new OperatorError(ours, { cause: error });
  const remedy = REMEDIES.find(([names]) => names.test(error.name));
  if (remedy) return new AwsRefusedError(remedy[1](error), { cause: error });
  const code = String((error as { code?: unknown }).code ?? '');
  if (NETWORK.test(code) || NETWORK.test(error.message) || error.name === 'TimeoutError') {
    return new AwsRefusedError(
      'the network failed on the way: check the connection and the region (--region, as in eu-central-1), then repeat the command; what was done stays done',
      { cause: error },
    );
  }
  return isAwsFault(error) ? new AwsRefusedError(describeAwsFault(error), { cause: error }) : error;
}
