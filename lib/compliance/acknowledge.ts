import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { CyberdeskWebhooks } from '../cyberdesk-webhooks.ts';

/**
 * Where this design departs from cdk-nag's packs `AwsSolutions` and `Serverless`, and why: every exception is here.
 */
export function acknowledgeFindings(webhooks: CyberdeskWebhooks): void {
  const { verifier, processor, sweeper, queues, topics, endpoint, signingSecret, apiKeySecret } = webhooks;
  const functions = [verifier, processor, sweeper];

  acknowledge(
    functions.map(({ role }) => role),
    'AwsSolutions-IAM5[Resource::*]',
    'xray:PutTraceSegments and xray:PutTelemetryRecords take no resource; nothing else is granted on all resources.',
  );
  acknowledge(
    [signingSecret, apiKeySecret],
    'AwsSolutions-SMG4',
    'Cyberdesk issues the value and a person enters it; there is no interface by which a schedule could renew it.',
  );
  acknowledge(
    [endpoint.api],
    'AwsSolutions-APIG4',
    'Svix cannot sign in to AWS. Each request carries a signature over its body, which the verifier checks first.',
  );
  acknowledge(
    [queues.deadLetterQueue],
    'Serverless-SQSRedrivePolicy',
    'It is the dead-letter queue: an alarm calls a person, who sends its messages back.',
  );
  acknowledge(
    [verifier.function, processor.function],
    'Serverless-LambdaDLQ',
    'Only for asynchronous invocations, which it never gets: the gateway and the queue wait for the answer.',
  );
  acknowledge(
    [sweeper],
    'Serverless-LambdaDLQ',
    'Its input is empty, and the next run, 15 minutes later, does the work of one that failed; an alarm tells of it.',
  );
  acknowledge(
    [sweeper],
    'Serverless-LambdaAsyncFailureDestination',
    'Its input is empty, and the next run, 15 minutes later, does the work of one that failed; an alarm tells of it.',
  );
  acknowledge(
    [sweeper.schedule],
    'Serverless-EventBusDLQ',
    'The event is empty, and the next one follows in 15 minutes; a lost one is worth nothing.',
  );
  acknowledge(
    topics.mails,
    'Serverless-SNSRedrivePolicy',
    'A mail that cannot be delivered would find no reader in a queue; the alarm itself stays in CloudWatch.',
  );
  acknowledge(
    [processor.events],
    'Serverless-LambdaEventSourceMappingDestination',
    'Lambda offers it for streams only; for a queue it is the dead-letter queue.',
  );
}

function acknowledge(constructs: readonly IConstruct[], id: string, reason: string): void {
  for (const construct of constructs) Validations.of(construct).acknowledge({ id, reason });
}
