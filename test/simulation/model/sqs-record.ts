import type { SQSRecord } from 'aws-lambda';

/** A record of a batch, as Lambda passes it to the processor. */
export const sqsRecord = (
  messageId: string,
  { body = '', receives, handle = '' }: { body?: string; receives: number; handle?: string },
): SQSRecord => ({
  messageId,
  receiptHandle: handle,
  body,
  attributes: {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: '',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: '',
  awsRegion: '',
});
