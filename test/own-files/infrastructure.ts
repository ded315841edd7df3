import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Extend } from '../../lib/extend.ts';

/** A table and a queue that a customer may add, with permissions for a handler. */
export const extend: Extend = ({ stack, receiver, stage }) => {
  const invoices = new TableV2(stack, 'Invoices', {
    partitionKey: { name: 'invoice', type: AttributeType.STRING },
    removalPolicy: stage === 'live' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  const bookings = new Queue(stack, 'Bookings', { enforceSSL: true });
  const { claims } = receiver.destinations;
  if (!claims) return;
  invoices.grantWriteData(claims);
  bookings.grantSendMessages(claims);
  claims.addEnvironment('INVOICES_TABLE', invoices.tableName);
  claims.addEnvironment('BOOKINGS_QUEUE_URL', bookings.queueUrl);
};
