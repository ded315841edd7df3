import { type AwsBackend, type AwsRequest, type AwsResponse, awsError } from '../emulators/messages.ts';
import type { Outside } from '../emulators/outside.ts';
import type { FunctionModel } from '../template/model.ts';
import type { Outcome } from './outcome.ts';

/** Lambda's limit for a synchronous invocation. */
const LARGEST = 6 * 1024 * 1024;

export interface InvocationsDeps {
  readonly functions: readonly FunctionModel[];
  invoke(fn: FunctionModel, payload: Buffer): Promise<Outcome>;
  readonly outside: Outside;
}

/** Lambda's `Invoke`. Functions of the stack run; what goes to another one is recorded, and counts as done. */
export class Invocations implements AwsBackend {
  readonly #deps: InvocationsDeps;

  constructor(deps: InvocationsDeps) {
    this.#deps = deps;
  }

  async handle(request: AwsRequest): Promise<AwsResponse> {
    const { operation, body, headers } = request;
    const name = String(request.parameters().FunctionName);
    if (
      operation !== 'Invoke' ||
      (headers['x-amz-invocation-type'] ?? 'RequestResponse') !== 'RequestResponse'
    ) {
      const message = 'the local Lambda supports synchronous invocations only';
      return awsError('lambda', { code: 'InvalidRequestContentException', message });
    }
    if (body.byteLength > LARGEST) {
      const message = `Request must be smaller than ${LARGEST} bytes for the InvokeFunction operation`;
      return awsError('lambda', { code: 'RequestTooLargeException', message, status: 413 });
    }
    const fn = this.#deps.functions.find(({ arn }) => name === arn || name.startsWith(`${arn}:`));
    if (fn) return responseOf(await this.#deps.invoke(fn, body));
    this.#deps.outside.record(name, body.toString());
    return responseOf({ kind: 'success', payload: 'null' });
  }

  async close(): Promise<void> {}
}

/** A function that ends in an error is answered with 200 all the same. */
function responseOf(outcome: Outcome): AwsResponse {
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' };
  if (outcome.kind === 'success') return { status: 200, headers, body: outcome.payload };
  const failed = { ...headers, 'x-amz-function-error': 'Unhandled' };
  return { status: 200, headers: failed, body: JSON.stringify(outcome.error) };
}
