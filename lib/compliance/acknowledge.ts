import * as cdk from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ServiceFunction } from '../functions/service-function.ts';
import type { Installation } from '../installation.ts';

/** Every exception from cdk-nag's packs `AwsSolutions` and `Serverless`, with its reason. */
export function acknowledgeFindings(installation: Installation): void {
  acknowledgeFunctions(installation);
  acknowledgeOthers(installation);
}

function acknowledgeFunctions({ verifier, processor, sweeper }: Installation): void {
  const functions = [verifier, processor, sweeper];
  acknowledge(
    functions.map((one) => one.function),
    'Serverless-LambdaTracing',
    NO_TRACES,
  );
  acknowledge(
    functions.map(({ role }) => role),
    'AwsSolutions-IAM5[Resource::*]',
    'xray:PutTraceSegments and xray:PutTelemetryRecords support no resource; nor, in a VPC, does what Lambda needs for network interfaces, which the code of the function is denied.',
  );
  acknowledge(
    [verifier.function, processor.function],
    'Serverless-LambdaDLQ',
    'Applies to asynchronous invocations only: the gateway and the event source mapping invoke synchronously.',
  );
  for (const rule of ['Serverless-LambdaDLQ', 'Serverless-LambdaAsyncFailureDestination']) {
    acknowledge(
      [sweeper],
      rule,
      'Its input is empty, and the next run, 15 minutes later, does the work of a failed one; an alarm reports it.',
    );
  }
  acknowledge(
    [sweeper.schedule],
    'Serverless-EventBusDLQ',
    'The event is empty, and the next one follows in 15 minutes, so a lost one has no value.',
  );
  acknowledge(
    [processor.eventSource],
    'Serverless-LambdaEventSourceMappingDestination',
    'Lambda supports it for streams only; a queue has a dead-letter queue instead.',
  );
}

const NO_TRACES =
  'Traces cost as much as a fourth of an event and repeat what logs and metrics say; tracing "active" switches them on.';

/** The functions that are built from the customer's own handlers, whose permissions are the customer's to judge. */
export function acknowledgeHandlers(handlers: readonly ServiceFunction[]): void {
  acknowledge(
    handlers.map(({ role }) => role),
    'AwsSolutions-IAM5[Resource::*]',
    'xray:PutTraceSegments and xray:PutTelemetryRecords support no resource; nor, in a VPC, does what Lambda needs for network interfaces.',
  );
  acknowledge(
    handlers.map((handler) => handler.function),
    'Serverless-LambdaTracing',
    NO_TRACES,
  );
  acknowledge(
    handlers.map((handler) => handler.function),
    'Serverless-LambdaDLQ',
    'Applies to asynchronous invocations only: the processor invokes synchronously, and keeps what fails.',
  );
}

function acknowledgeOthers(installation: Installation): void {
  const { eventsTable, eventQueue, topics, endpoint, signingSecret, apiKeySecret, originSecret } =
    installation;
  acknowledge(
    [eventsTable.table],
    'AwsSolutions-DDB3',
    'On unless the stage settings switch it off (pointInTimeRecovery, or the profile economy), with its price beside the setting.',
  );
  acknowledge(
    [signingSecret, apiKeySecret],
    'AwsSolutions-SMG4',
    'Cyberdesk issues the value and a person enters it; there is no API through which a schedule could rotate it.',
  );
  acknowledge(
    originSecret ? [originSecret] : [],
    'AwsSolutions-SMG4',
    'CloudFront must have a new value before the old one ends, which takes a deployment: docs/edge.md has the steps.',
  );
  acknowledge(
    [endpoint.api],
    'AwsSolutions-APIG4',
    'Svix cannot use AWS credentials. Each request carries a signature of its body, which the verifier checks first.',
  );
  acknowledge(
    [eventQueue.deadLetterQueue],
    'Serverless-SQSRedrivePolicy',
    'This is the dead-letter queue: an alarm notifies a person, who redrives its messages.',
  );
  acknowledge(
    topics.emailSubscriptions,
    'Serverless-SNSRedrivePolicy',
    'Nothing would read an undeliverable e-mail from a queue; the alarm itself stays visible in CloudWatch.',
  );
}

/** Older releases of CDK have no such checks; a named import of `Validations` would be a SyntaxError there. */
const { Validations }: Partial<Pick<typeof cdk, 'Validations'>> = cdk;

function acknowledge(constructs: readonly IConstruct[], id: string, reason: string): void {
  for (const construct of constructs) Validations?.of(construct).acknowledge({ id, reason });
}
