import { AwsRefusedError, OperatorError } from '../errors.ts';
import {
  certificateFault,
  codeOf,
  describeAwsFault,
  type Explanation,
  isAwsFault,
  UnexpectedError,
} from './faults.ts';
import { proxySettings } from './network.ts';

/** What is wrong if no region is named anywhere. */
export const NO_REGION = 'no AWS region is set';

/** Is this an error of the AWS SDK with one of these names? */
export const isAwsError = (error: unknown, ...names: string[]): error is Error =>
  error instanceof Error && names.includes(error.name);

/** The action and its resource, if AWS names them. The rest of the message may be private. */
function refusedCall(message: string): string {
  const [, action] =
    /not authorized to perform:? ([a-z0-9-]{2,40}:[A-Za-z]{2,64})(?![\w:])/.exec(message) ?? [];
  if (action === undefined) return 'this call (DEBUG=1 shows which one)';
  const [, resource] =
    / on (?:the )?resource:? (arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12})?:[\w+=,.@/:*-]{1,256})(?=\s|$)/.exec(
      message,
    ) ?? [];
  return resource === undefined ? action : `${action} on ${resource}`;
}

const REFUSED = 'AWS does not allow';
const FAILED_NETWORK = 'the network failed';

/** SDK error names, and what to do about them. */
const REMEDIES: Record<string, [problem: string, next: string]> = {
  'CredentialsProviderError TokenProviderError': [
    'no AWS credentials were found',
    'set AWS_PROFILE or --profile, or sign in ("aws sso login", "aws configure")',
  ],
  'ExpiredToken ExpiredTokenException RequestExpired SSOTokenProviderFailure': [
    'the AWS session has expired',
    'sign in again ("aws sso login"), then repeat the command',
  ],
  'UnrecognizedClientException InvalidClientTokenId InvalidSignatureException SignatureDoesNotMatch': [
    'AWS does not recognise these credentials',
    'check AWS_PROFILE or --profile, and AWS_SESSION_TOKEN',
  ],
  'AccessDenied AccessDeniedException AuthorizationError AuthorizationErrorException UnauthorizedOperation': [
    REFUSED,
    'ask for that permission, or use another --profile',
  ],
  'ThrottlingException Throttling TooManyRequestsException RequestThrottled ProvisionedThroughputExceededException':
    [
      'AWS is throttling these calls',
      'wait a minute, then repeat the command; it continues where it stopped',
    ],
  'QueueDoesNotExist AWS.SimpleQueueService.NonExistentQueue': [
    'the queue of this stack does not exist',
    'deploy the stack again, or name another --region',
  ],
  ResourceNotFoundException: [
    'AWS cannot find a resource of the stack',
    'deploy the stack again, or name another --region. DEBUG=1 shows which call it was',
  ],
  TimeoutError: [
    FAILED_NETWORK,
    'check the connection and the region (--region, e.g. eu-central-1), then repeat the command; what was done stays done',
  ],
};

/** Errors of the protocol's core and its adapters, and what to do about them. */
const OURS: Record<string, Explanation> = {
  BatchNotReadError: {
    problem: 'DynamoDB is throttling the table, and left items unread for three seconds',
    next: 'wait a minute, then repeat the command',
  },
  BodyErasedError: {
    problem: "the payload of this event was erased, at a person's request",
    next: 'who had it erased, and why, is on record: the verb "audit" lists it',
  },
  BodyLostError: {
    problem: 'the stored body of this event is incomplete',
    next: "look at its run in Cyberdesk's dashboard instead, by the id that the event has",
  },
  LaterReleaseError: {
    problem: 'a later release than this one has written to the stage',
    next: 'repeat the command with that release',
  },
  LostRaceError: {
    problem: 'the item was changed by another process at the same time',
    next: 'repeat the command',
  },
};

const NETWORK = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|EPIPE|socket hang up|UND_ERR/;

/** Turns an error of AWS or of the core into a problem and a next step; returns an unexpected one unchanged. */
export function explain(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof OperatorError) return error;
  const ours = OURS[error.name];
  if (ours !== undefined) return new OperatorError(ours.problem, { next: ours.next, cause: error });
  const found = explainRegion(error) ?? certificateFault(error) ?? explainAws(error);
  return found ? new AwsRefusedError(found.problem, { next: found.next, cause: error }) : error;
}

export function toOperatorError(error: unknown): OperatorError {
  const explained = explain(error);
  return explained instanceof OperatorError ? explained : new UnexpectedError(explained);
}

function explainRegion({ message }: Error): Explanation | undefined {
  const [, region] = /Region not accepted: region="([^"]*)"/i.exec(message) ?? [];
  if (region === '' || /Region is missing/i.test(message)) {
    const next = 'give one with --region (e.g. eu-central-1), or set AWS_REGION';
    return { problem: NO_REGION, next };
  }
  if (region === undefined) return undefined;
  const next = 'give one like eu-central-1 with --region, AWS_REGION or the profile';
  return { problem: `"${region}" is not an AWS region`, next };
}

function explainAws(error: Error): Explanation | undefined {
  const isNetwork = NETWORK.test(codeOf(error) ?? '') || NETWORK.test(error.message);
  const remedy = remedyOf(error.name) ?? (isNetwork ? remedyOf('TimeoutError') : undefined);
  if (!remedy) return isAwsFault(error) ? describeAwsFault(error) : undefined;
  const [problem, next] = remedy;
  if (problem === FAILED_NETWORK) return { problem, next: `${proxyHint()}${next}` };
  return { problem: problem === REFUSED ? `${problem} ${refusedCall(error.message)}` : problem, next };
}

const proxyHint = () =>
  proxySettings(process.env).HTTPS_PROXY ? 'check the proxy of this shell (HTTPS_PROXY, NO_PROXY); ' : '';

const remedyOf = (name: string) =>
  Object.entries(REMEDIES).find(([names]) => names.split(' ').includes(name))?.[1];
