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

/** The event that Lambda's SQS event source gives to a function. */
export function sqsEvent(messages: readonly ReceivedMessage[], queueArn: string, region: string): object {
  return {
    Records: messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
          name,
          {
            ...(value.StringValue !== undefined && { stringValue: value.StringValue }),
            ...(value.BinaryValue !== undefined && { binaryValue: value.BinaryValue }),
            stringListValues: [],
            binaryListValues: [],
            dataType: value.DataType,
          },
        ]),
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
 * Which messages of a batch are done, as Lambda decides it: all of them when the function succeeds and names no
 * failure; with `ReportBatchItemFailures`, those that it does not name; none when it fails, when its answer cannot be
 * read, or when it names a message that is not in the batch.
 */
export function doneMessages(
  messages: readonly ReceivedMessage[],
  outcome: Outcome,
  reportsItemFailures: boolean,
): readonly ReceivedMessage[] {
  if (!outcome.ok) return [];
  if (!reportsItemFailures) return messages;
  const failures = itemFailures(outcome.payload);
  if (failures === undefined) return [];
  const ids = new Set(messages.map((message) => message.MessageId));
  if ([...failures].some((id) => !ids.has(id))) return [];
  return messages.filter((message) => !failures.has(message.MessageId));
}

/** @returns the ids that failed; undefined when the answer makes the whole batch fail */
function itemFailures(payload: string): ReadonlySet<string> | undefined {
  let answer: unknown;
  try {
    answer = payload.trim() === '' ? null : JSON.parse(payload);
  } catch {
    return undefined;
  }
  // No answer, one without the list, and an empty or null list mean complete success.
  if (answer === null) return new Set();
  if (typeof answer !== 'object') return undefined;
  const { batchItemFailures } = answer as { batchItemFailures?: unknown };
  if (batchItemFailures === undefined || batchItemFailures === null) return new Set();
  if (!Array.isArray(batchItemFailures)) return undefined;
  const ids = batchItemFailures.map(
    (failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier,
  );
  return ids.every((id): id is string => typeof id === 'string' && id !== '') ? new Set(ids) : undefined;
}
