/** Destinations that exist beside the stack. */
export const ARCHIVE = 'arn:aws:sqs:eu-central-1:123456789012:archive';
export const ORDERED = 'arn:aws:sqs:eu-central-1:123456789012:ordered.fifo';
export const TEAM = 'arn:aws:lambda:eu-central-1:123456789012:function:team:live';
export const BUS = 'arn:aws:events:eu-central-1:123456789012:event-bus/team';
