import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

const isFresh = ({ attributes }: SQSRecord) => Number(attributes.ApproximateReceiveCount) <= 1;

/**
 * Runs a batch: fresh records side by side, then those received before, one after the other. One of those may
 * be what killed the last invocation; alone, it takes nobody with it and is the only one to count a crash.
 *
 * @param handle Resolves to true when the record is done with; it must not throw.
 */
export async function processBatch(
  { Records: records }: SQSEvent,
  handle: (record: SQSRecord) => Promise<boolean>,
): Promise<SQSBatchResponse> {
  const failures: string[] = [];
  const run = async (record: SQSRecord) => {
    if (!(await handle(record))) failures.push(record.messageId);
  };
  await Promise.all(records.filter(isFresh).map(run));
  for (const record of records.filter((record) => !isFresh(record))) await run(record);
  return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) };
}
