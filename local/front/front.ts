import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoopbackServer, readBody, sendBytes } from '../../ops/http/index.ts';
import {
  type AwsBackend,
  type AwsRequest,
  type AwsResponse,
  awsError,
  InvalidAwsCallError,
  NotEmulatedError,
  parseAwsRequest,
} from '../emulators/messages.ts';
import { DROPPED, type Faults, withFaults } from '../faults/faults.ts';
import type { NeededGrant } from './grants.ts';
import type { IamAuthorizer } from './iam.ts';
import { type Caller, type Identities, labelOf } from './identities.ts';

/** What the front works with; known once the stack is read. */
export interface FrontDeps {
  readonly identities: Identities;
  readonly authorizer: Pick<IamAuthorizer, 'authorize'>;
  readonly faults: Faults;
  readonly backend: AwsBackend;
  /** The permissions that a call needs. */
  needed(request: AwsRequest): readonly NeededGrant[];
  kill(sandbox: string): void;
  /** Receives every call that took effect. */
  onCall?(request: AwsRequest, caller: Caller, response: AwsResponse): void;
}

/** The one endpoint of all emulated AWS services: identifies the caller, checks IAM, applies faults, passes calls on. */
export class AwsFront extends LoopbackServer {
  #deps: FrontDeps | undefined;

  constructor() {
    super((request, response) => this.#serve(request, response), { keepAliveTimeout: 60_000 });
  }

  /** Starts answering calls; until then they get a 503. */
  open(deps: FrontDeps): void {
    this.#deps = deps;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const answer = await this.#answer(request, body);
    if (answer === DROPPED) response.destroy();
    else sendBytes(response, answer.status, Buffer.from(answer.body), answer.headers);
  }

  async #answer(incoming: IncomingMessage, body: Buffer): Promise<AwsResponse | typeof DROPPED> {
    if (!this.#deps) {
      return awsError('sqs', { code: 'ServiceUnavailable', message: 'not ready yet', status: 503 });
    }
    try {
      const request = parseAwsRequest(incoming.headers, body, incoming.url);
      const caller = this.#deps.identities.of(request.accessKeyId);
      return caller ? await pass(this.#deps, request, caller) : unknownCaller(request.service);
    } catch (error) {
      if (error instanceof NotEmulatedError) {
        return awsError(error.service, { code: 'NotImplemented', message: error.message });
      }
      if (error instanceof InvalidAwsCallError || error instanceof SyntaxError) {
        return awsError('sqs', { code: 'IncompleteSignature', message: error.message });
      }
      throw error;
    }
  }
}

async function pass(
  deps: FrontDeps,
  request: AwsRequest,
  caller: Caller,
): Promise<AwsResponse | typeof DROPPED> {
  if (caller.kind === 'observer') return deps.backend.handle(request);
  if (caller.kind === 'function') {
    const denial = await deps.authorizer.authorize(caller.fn, deps.needed(request));
    if (denial !== undefined) return denied(request.service, denial);
  }
  const hits = deps.faults.hits(`${request.service}:${request.operation}`, labelOf(caller));
  return withFaults(hits, {
    async perform() {
      const response = await deps.backend.handle(request);
      deps.onCall?.(request, caller, response);
      return response;
    },
    fail: ({ error, status }) =>
      awsError(request.service, {
        code: error ?? 'InternalFailure',
        message: 'A planted fault.',
        status: status ?? (error === undefined ? 500 : 400),
      }),
    kill() {
      if (caller.kind === 'function') deps.kill(caller.sandbox);
    },
  });
}

function denied(service: string, message: string): AwsResponse {
  if (service === 'sns') return awsError(service, { code: 'AuthorizationError', message, status: 403 });
  if (service === 'sqs') return awsError(service, { code: 'AccessDenied', message, status: 403 });
  if (service === 'lambda') return awsError(service, { code: 'AccessDeniedException', message, status: 403 });
  return awsError(service, { code: 'AccessDeniedException', message });
}

function unknownCaller(service: string): AwsResponse {
  const message = 'The security token included in the request is invalid.';
  if (service === 'sns') return awsError(service, { code: 'InvalidClientTokenId', message, status: 403 });
  return awsError(service, { code: 'UnrecognizedClientException', message });
}
