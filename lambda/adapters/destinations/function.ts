import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Delivery, DeliveryOutcome } from '../../core/model/index.ts';
import { sendWithin } from './sender.ts';

/** What a synchronous invocation takes. No event that the verifier accepts is as large. */
const LARGEST_PAYLOAD = 6 * 1024 * 1024;

/**
 * Invokes a function and waits for its end: the answer to an asynchronous invocation would only say that Lambda will try.
 * What the function returns, or says about its error, is not read.
 */
export function invokeFunction(
  client: Pick<LambdaClient, 'send'>,
  arn: string,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  return sendWithin(LARGEST_PAYLOAD, delivery, async (text) => {
    const command = new InvokeCommand({
      FunctionName: arn,
      InvocationType: 'RequestResponse',
      Payload: Buffer.from(text),
    });
    const { FunctionError, StatusCode } = await client.send(command, { abortSignal: signal });
    if (FunctionError === undefined) return { kind: 'delivered' };
    // It comes with status 200.
    const status = StatusCode === undefined ? {} : { status: StatusCode };
    return { kind: 'failed', problem: 'function_failed', ...status };
  });
}
