import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

const isFresh = ({ attributes }: SQSRecord) => Number(attributes.ApproximateReceiveCount) <= 1;

/**
 * Runs a batch: fresh records in parallel, then those received before, one after the other. One of those may be what
 * killed the last invocation; alone, it takes no other record down with it and is the only one to count a crash.
 *
 * @param handle Resolves to true when the record can be acknowledged; it must not throw.
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
