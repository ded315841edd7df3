import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoopbackServer, readBody, sendBytes } from '../../ops/http/index.ts';
import type { Fault, Faults } from './faults.ts';
import type { GrantFinder } from './grants.ts';
import type { IamAuthorizer } from './iam.ts';
import type { Caller, Identities } from './identities.ts';
import {
  type AwsBackend,
  type AwsRequest,
  type AwsResponse,
  awsError,
  NoAwsCall,
  parseAwsRequest,
} from './messages.ts';

/** What the front stands before; set once the stack is read. */
export interface FrontParts {
  readonly identities: Identities;
  readonly authorizer: IamAuthorizer;
  readonly grants: GrantFinder;
  readonly faults: Faults;
  readonly backend: AwsBackend;
  /** Ends the sandbox in which a call began. */
  kill(sandbox: string): void;
  /** Told of every call that took effect. */
  onCall?(request: AwsRequest, caller: Caller, response: AwsResponse): void;
}

/** No answer: the connection is cut. */
const dropped = Symbol('dropped');
type Answer = AwsResponse | typeof dropped;

/** The one endpoint of all emulated AWS services: knows who calls, asks IAM, plants faults, and passes on. */
export class AwsFront {
  readonly #server: LoopbackServer;
  #parts: FrontParts | undefined;

  constructor() {
    const serve = (request: IncomingMessage, response: ServerResponse) => this.#serve(request, response);
    this.#server = new LoopbackServer(serve, { keepAliveTimeout: 60_000 });
  }

  /** Starts listening on 127.0.0.1; resolves to the URL. */
  listen(): Promise<string> {
    return this.#server.listen();
  }

  open(parts: FrontParts): void {
    this.#parts = parts;
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const answer = await this.#answer(request, body);
    if (answer === dropped) response.destroy();
    else sendBytes(response, answer.status, Buffer.from(answer.body), answer.headers);
  }

  async #answer(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    if (!this.#parts)
      return awsError('sqs', { code: 'ServiceUnavailable', message: 'Not ready yet.', status: 503 });
    try {
      const request = parseAwsRequest(incoming.headers, body);
      const caller = this.#parts.identities.of(request.accessKeyId);
      if (!caller) return unknownCaller(request.service);
      return await this.#pass(this.#parts, request, caller);
    } catch (error) {
      if (error instanceof NoAwsCall || error instanceof SyntaxError) {
        return awsError('sqs', { code: 'IncompleteSignature', message: error.message });
      }
      throw error;
    }
  }

  async #pass(parts: FrontParts, request: AwsRequest, caller: Caller): Promise<Answer> {
    const fn = caller.kind === 'operator' ? undefined : caller.fn;
    const hits = parts.faults.hits(`${request.service}:${request.operation}`, fn?.label ?? 'operator');
    for (const fault of hits.before) {
      const answer = await suffer(parts, fault, request, caller);
      if (answer) return answer;
    }
    if (fn) {
      const decision = await parts.authorizer.authorize(fn, parts.grants.needed(request));
      if (!decision.allowed) return denied(request.service, decision.message);
    }
    if (hits.before.some((fault) => fault.do === 'twice')) await parts.backend.handle(request);
    const response = await parts.backend.handle(request);
    parts.onCall?.(request, caller, response);
    for (const fault of hits.after) {
      const answer = await suffer(parts, fault, request, caller);
      if (answer) return answer;
    }
    return response;
  }
}

/** @returns the answer when the fault decides it, nothing when the call goes on */
async function suffer(
  parts: FrontParts,
  fault: Fault,
  request: AwsRequest,
  caller: Caller,
): Promise<Answer | undefined> {
  switch (fault.do) {
    case 'delay':
      await sleep(fault.ms);
      return undefined;
    case 'drop':
      return dropped;
    case 'fail':
      return awsError(request.service, {
        code: fault.error ?? 'InternalFailure',
        message: 'A planted fault.',
        status: fault.status ?? (fault.error === undefined ? 500 : 400),
      });
    case 'kill':
      if (caller.kind === 'function') parts.kill(caller.sandbox);
      return dropped;
    case 'twice':
      return undefined;
  }
}

function denied(service: string, message: string): AwsResponse {
  if (service === 'sns') return awsError(service, { code: 'AuthorizationError', message, status: 403 });
  if (service === 'sqs') return awsError(service, { code: 'AccessDenied', message, status: 403 });
  return awsError(service, { code: 'AccessDeniedException', message });
}

function unknownCaller(service: string): AwsResponse {
  const message = 'The security token included in the request is invalid.';
  if (service === 'sns') return awsError(service, { code: 'InvalidClientTokenId', message, status: 403 });
  return awsError(service, { code: 'UnrecognizedClientException', message });
}
