import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Extend } from '../../lib/extend.ts';

/** A table and a queue that a customer may add, with permissions for the processor. */
export const extend: Extend = ({ stack, receiver, stage }) => {
  const invoices = new TableV2(stack, 'Invoices', {
    partitionKey: { name: 'invoice', type: AttributeType.STRING },
    removalPolicy: stage === 'live' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  const bookings = new Queue(stack, 'Bookings', { enforceSSL: true });
  const { processor } = receiver;
  invoices.grantWriteData(processor);
  bookings.grantSendMessages(processor);
  processor.function.addEnvironment('INVOICES_TABLE', invoices.tableName);
  processor.function.addEnvironment('BOOKINGS_QUEUE_URL', bookings.queueUrl);
};
