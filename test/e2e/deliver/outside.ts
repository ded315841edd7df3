/** Destinations that exist beside the stack. */
export const ARCHIVE = 'arn:aws:sqs:us-east-1:123456789012:archive';
export const ORDERED = 'arn:aws:sqs:us-east-1:123456789012:ordered.fifo';
export const TEAM = 'arn:aws:lambda:us-east-1:123456789012:function:team:live';
export const BUS = 'arn:aws:events:us-east-1:123456789012:event-bus/team';
