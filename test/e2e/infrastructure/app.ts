import { fileURLToPath } from 'node:url';
import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFn, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { SubscriptionFilter } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Extension } from '../../../lib/extend.ts';
import { runApp } from '../../../lib/run-app.ts';
import { stages } from '../../app/stages.ts';
import { extend as extendOwn } from '../../own-files/infrastructure.ts';

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const dev = {
  ...stages.dev,
  rules: pathOf('../../app/follow-ups.ts'),
  destinations: { claims: { handler: pathOf('../../own-files/handlers/keep-claim.ts') } },
};

/** The shipped app with infrastructure of a customer's, some of which a local run cannot emulate. */
await runApp({ dev }, (extension) => {
  extendOwn(extension);
  addConsumer(extension);
  addWhatExistsInAwsOnly(extension);
});

/** A queue of what the rules publish about one team, and a function that writes its messages to a table. */
function addConsumer({ stack, receiver }: Extension): void {
  const published = new Queue(stack, 'Published', { fifo: false });
  receiver.topics.publish.addSubscription(
    new SqsSubscription(published, {
      rawMessageDelivery: true,
      filterPolicy: { team: SubscriptionFilter.stringFilter({ allowlist: ['claims'] }) },
    }),
  );
  const log = new Table(stack, 'Log', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    sortKey: { name: 'at', type: AttributeType.NUMBER },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  log.addLocalSecondaryIndex({
    indexName: 'by-text',
    sortKey: { name: 'text', type: AttributeType.STRING },
    projectionType: ProjectionType.KEYS_ONLY,
  });
  const consumer = new NodejsFunction(stack, 'Consumer', {
    entry: pathOf('consumer.ts'),
    runtime: Runtime.NODEJS_24_X,
    environment: { LOG_TABLE: log.tableName, API_KEY_SECRET_ARN: new Secret(stack, 'Chat').secretArn },
  });
  consumer.addEventSource(new SqsEventSource(published));
  log.grantWriteData(consumer);
  new Queue(stack, 'Ordered', { fifo: true });
}

function addWhatExistsInAwsOnly({ stack, receiver }: Extension): void {
  const reports = new Bucket(stack, 'Reports', { enforceSSL: true });
  reports.grantPut(receiver.processor);
  receiver.processor.function.addEnvironment('REPORTS_BUCKET', reports.bucketName);
  const nightly = new LambdaFn(stack, 'Nightly', {
    runtime: Runtime.PYTHON_3_13,
    handler: 'index.handler',
    code: Code.fromInline('def handler(event, context): pass'),
  });
  const schedule = Schedule.cron({ hour: '3', minute: '0' });
  new Rule(stack, 'AtNight', { schedule, targets: [new LambdaFunction(nightly)] });
}
