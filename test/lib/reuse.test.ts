import { App, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { CyberdeskWebhooks, CyberdeskWebhooksStack } from '../../lib/index.ts';
import { cdkContext, ofType, one, type Template, testApp } from './support/synth.ts';

const templateOf = (app: App, name: string): Template =>
  app.synth().getStackByName(name).template as Template;

describe('the construct in an app of somebody else', () => {
  it('says what it holds and what it counts', () => {
    const stack = new Stack(testApp(), 'Mine');
    const webhooks = new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'live' });
    const dimensions = { stack: 'Mine' };

    expect(webhooks.metricEventAccepted()).toMatchObject({
      metricName: 'EventAccepted',
      dimensions,
      statistic: 'Sum',
    });
    expect(webhooks.metricFollowUpStarted()).toMatchObject({ metricName: 'FollowUpStarted', dimensions });
    expect(webhooks.metricFollowUpFailed()).toMatchObject({ metricName: 'FollowUpFailed', dimensions });
    expect(webhooks.metricOldestUnfinishedEventAge()).toMatchObject({ statistic: 'Maximum', dimensions });
    expect(webhooks.metricDeadLetters()).toMatchObject({ namespace: 'AWS/SQS' });
    expect(webhooks.metric('EventIgnored', { statistic: 'Average' })).toMatchObject({ statistic: 'Average' });
  });

  it('grants exactly what an operator needs', () => {
    // Arrange
    const app = testApp();
    const stack = new Stack(app, 'Mine');
    const webhooks = new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'live' });
    const role = new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() });

    // Act
    webhooks.grantReadEvents(role).assertSuccess();
    webhooks.grantRedrive(role).assertSuccess();
    webhooks.grantReplay(role).assertSuccess();
    webhooks.grantSetSecrets(role).assertSuccess();

    // Assess
    const { Statement } = one(templateOf(app, 'Mine'), 'AWS::IAM::Policy', 'Operator').Properties
      .PolicyDocument;
    const actions = Statement.flatMap(({ Action }: { Action: string | string[] }) => Action);
    expect([...new Set(actions)].sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'secretsmanager:DescribeSecret',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ]);
    for (const { Resource } of Statement) expect(JSON.stringify(Resource)).not.toContain('*');
  });

  it('takes what only the deployment knows, and lets its functions be granted more', () => {
    const app = testApp();
    const stack = new Stack(app, 'Mine');
    const secret = new Secret(stack, 'Portal');
    const webhooks = new CyberdeskWebhooks(stack, 'Webhooks', {
      stage: 'live',
      sensitiveSecretArns: [secret.secretFullArn ?? secret.secretArn],
    });
    secret.grantRead(webhooks.processor);

    const statements = one(templateOf(app, 'Mine'), 'AWS::IAM::Policy', 'ProcessorRole').Properties
      .PolicyDocument;
    expect(JSON.stringify(statements)).toContain('ReadSensitiveInputs');
    expect(JSON.stringify(statements)).toContain('secretsmanager:DescribeSecret');
  });

  it('has the outputs of the shipped stack where they are asked for, under the same keys', () => {
    const outputsOf = (build: (stack: Stack) => unknown) => {
      const app = testApp();
      build(new Stack(app, 'Mine'));
      return templateOf(app, 'Mine').Outputs;
    };
    const shipped = testApp();
    new CyberdeskWebhooksStack(shipped, 'Mine', { stage: 'live' });

    expect(outputsOf((stack) => new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'live' }))).toBeUndefined();
    expect(
      outputsOf((stack) => new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'live' }).addOutputs()),
    ).toEqual(templateOf(shipped, 'Mine').Outputs);
  });

  it('stands once in a stack, whose name tells installations apart', () => {
    const stack = new Stack(testApp(), 'Mine');
    new CyberdeskWebhooks(stack, 'One', { stage: 'live' });

    expect(() => new CyberdeskWebhooks(stack, 'Two', { stage: 'live' })).toThrowError(
      'stage "live": Mine/Two: its stack has Mine/One already; use another stack',
    );
  });
});

describe('the feature flags of the app', () => {
  const withFlags = (context: Record<string, unknown>) => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [], ...context } });
    new CyberdeskWebhooksStack(app, 'Mine', { stage: 'live', alarms: { emails: ['a@example.com'] } });
    return templateOf(app, 'Mine');
  };

  it('change nothing: an app without any gets the same stack', () => {
    const { 'aws:cdk:bundling-stacks': _, ...flags } = cdkContext;
    const with_ = withFlags(flags);
    const without = withFlags({});

    expect(normalised(without)).toEqual(normalised(with_));
  });
});

/** With actions in one order, and without the hashes of the bundles and of what is built from them. */
function normalised(template: Template): unknown {
  for (const [, { Properties }] of ofType(template, 'AWS::Lambda::Function')) Properties.Code = 'code';
  const text = JSON.stringify(template.Resources, (key, value) =>
    key === 'Action' && Array.isArray(value) ? value.toSorted() : value,
  );
  return JSON.parse(text.replace(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1'));
}
