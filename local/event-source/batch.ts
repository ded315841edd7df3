import type { Outcome } from '../sandbox/outcome.ts';

/** A message as SQS's ReceiveMessage returns it. */
export interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MD5OfMessageAttributes?: string;
  readonly MessageAttributes?: Readonly<
    Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>
  >;
}

/** The event that Lambda's SQS event source sends to a function. */
export function sqsEvent(messages: readonly ReceivedMessage[], queueArn: string, region: string): object {
  return {
    Records: messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(
          ([name, { DataType, StringValue, BinaryValue }]) => [
            name,
            {
              ...(StringValue !== undefined && { stringValue: StringValue }),
              ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
              stringListValues: [],
              binaryListValues: [],
              dataType: DataType,
            },
          ],
        ),
      ),
      ...(message.MD5OfMessageAttributes !== undefined && {
        md5OfMessageAttributes: message.MD5OfMessageAttributes,
      }),
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: region,
    })),
  };
}

/**
 * Which messages of a batch are done, by the rules of Lambda: all of them if the function succeeds and reports no
 * failures; with `ReportBatchItemFailures`, those that it does not report; none if it fails, if its answer is invalid, or
 * if it reports a message that is not in the batch.
 */
export function doneMessages(
  messages: readonly ReceivedMessage[],
  outcome: Outcome,
  reportsItemFailures: boolean,
): readonly ReceivedMessage[] {
  if (outcome.kind === 'failure') return [];
  if (!reportsItemFailures) return messages;
  const failures = itemFailures(outcome.payload);
  if (failures === undefined) return [];
  const ids = new Set<unknown>(messages.map((message) => message.MessageId));
  if (![...failures].every((id) => ids.has(id))) return [];
  return messages.filter((message) => !failures.has(message.MessageId));
}

/** @returns the ids that failed; undefined when the answer makes the whole batch fail */
function itemFailures(payload: string): ReadonlySet<unknown> | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(payload.trim() || 'null');
  } catch {
    return undefined;
  }
  if (answer !== null && typeof answer !== 'object') return undefined;
  // No answer, no list, and an empty or null list all mean complete success.
  const { batchItemFailures } = { batchItemFailures: undefined, ...answer };
  const failures: unknown = batchItemFailures ?? [];
  if (!Array.isArray(failures)) return undefined;
  const ids = failures.map((failure) => failure?.itemIdentifier);
  return ids.every((id) => typeof id === 'string' && id !== '') ? new Set(ids) : undefined;
}
