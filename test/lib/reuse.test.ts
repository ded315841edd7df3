import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { CyberdeskWebhooks, CyberdeskWebhooksStack } from '../../lib/index.ts';
import { cdkContext, ofType, one, type Template, testApp } from './support/synth.ts';

const templateOf = (app: App, name: string): Template =>
  app.synth().getStackByName(name).template as Template;

describe('construct', () => {
  it('the construct offers metrics with the dimension of its stack', () => {
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

  it('the construct grants exactly the permissions that an operator needs', () => {
    // Arrange
    const app = testApp();
    const stack = new Stack(app, 'Mine');
    const webhooks = new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'live' });
    const role = new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() });

    // Act
    webhooks.grantReadEvents(role).assertSuccess();
    webhooks.grantRedrive(role).assertSuccess();
    webhooks.grantReplay(role).assertSuccess();
    webhooks.grantSettle(role).assertSuccess();
    webhooks.grantErase(role).assertSuccess();
    webhooks.grantSetSecrets(role).assertSuccess();

    // Assess
    const { Statement } = one(templateOf(app, 'Mine'), 'AWS::IAM::Policy', 'Operator').Properties
      .PolicyDocument;
    const actions = Statement.flatMap(({ Action }: { Action: string | string[] }) => Action);
    expect([...new Set(actions)].sort()).toEqual([
      'cloudformation:DescribeStacks',
      'dynamodb:BatchGetItem',
      'dynamodb:DescribeContinuousBackups',
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
    const wildcards = Statement.filter(({ Resource }: { Resource: unknown }) =>
      JSON.stringify(Resource).includes('*'),
    );
    // Of the stack's ARN, the id at the end is unknown.
    expect(wildcards).toEqual([
      expect.objectContaining({
        Action: 'cloudformation:DescribeStacks',
        Resource: { 'Fn::Join': ['', expect.arrayContaining([':stack/Mine/*'])] },
      }),
    ]);
  });

  it.each([
    'grantReadEvents',
    'grantRedrive',
    'grantReplay',
    'grantSettle',
    'grantErase',
    'grantSetSecrets',
  ] as const)(
    '%s lets an operator put on record what they do, and elsewhere only if they may settle or erase',
    (grant) => {
      const app = testApp();
      const stack = new Stack(app, 'Mine');
      const webhooks = new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'live' });
      const role = new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() });

      webhooks[grant](role).assertSuccess();

      const { Statement } = one(templateOf(app, 'Mine'), 'AWS::IAM::Policy', 'Operator').Properties
        .PolicyDocument;
      const puts = Statement.filter(({ Action }: { Action: string | string[] }) =>
        [Action].flat().includes('dynamodb:PutItem'),
      );
      const onRecord = {
        Condition: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['audit#*'] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      };
      expect(puts).toContainEqual(expect.objectContaining(onRecord));
      expect(puts).toHaveLength(['grantSettle', 'grantErase'].includes(grant) ? 2 : 1);
    },
  );

  it('the construct reads sensitive secrets of the same app and decrypts them with their keys, each granted once', () => {
    // Arrange
    const app = testApp();
    const stack = new Stack(app, 'Mine');
    const encryptionKey = new Key(stack, 'Key') as IKey;
    const secrets = ['One', 'Two'].map((id) => new Secret(stack, id, { encryptionKey }) as ISecret);

    // Act
    new CyberdeskWebhooks(stack, 'Webhooks', {
      stage: 'live',
      sensitiveSecrets: secrets,
      sensitiveSecretKeys: [encryptionKey],
    });

    // Assess
    const template = templateOf(app, 'Mine');
    const { Statement } = one(template, 'AWS::IAM::Policy', 'ProcessorRole').Properties.PolicyDocument;
    const resources = (sid: string) => Statement.find(({ Sid }: { Sid?: string }) => Sid === sid)?.Resource;
    expect(resources('ReadSensitiveInputs')).toHaveLength(2);
    expect(resources('DecryptSensitiveInputs')).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'],
    });
  });

  it('the construct lets its functions be granted more', () => {
    const app = testApp();
    const stack = new Stack(app, 'Mine');
    const webhooks = new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'live' });

    new Secret(stack, 'Portal').grantRead(webhooks.processor);

    const { PolicyDocument } = one(templateOf(app, 'Mine'), 'AWS::IAM::Policy', 'ProcessorRole').Properties;
    expect(JSON.stringify(PolicyDocument)).toContain('secretsmanager:DescribeSecret');
  });

  it('the construct runs alarm actions of the customer besides its own topic', () => {
    const app = testApp();
    const stack = new Stack(app, 'Mine');
    const page: IAlarmAction = { bind: () => ({ alarmActionArn: 'arn:pager' }) };

    const webhooks = new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'live', alarms: { actions: [page] } });

    const template = templateOf(app, 'Mine');
    const { all, composites } = webhooks.monitoring.alarms;
    const alarms = ofType(template, 'AWS::CloudWatch::Alarm');
    expect(alarms).toHaveLength(all.length);
    const notifying = [...alarms, ...ofType(template, 'AWS::CloudWatch::CompositeAlarm')].filter(
      ([, { Properties }]) => Properties.AlarmActions,
    );
    expect(notifying.length).toBeGreaterThan(composites.length + 15);
    for (const [, { Properties }] of notifying) {
      expect(Properties.AlarmActions).toEqual([
        { Ref: expect.stringMatching(/Topics(Alarms|Tickets)/) },
        'arn:pager',
      ]);
    }
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  it('the construct adds the same outputs as the shipped stack, on request only', () => {
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

  it('the construct refuses a second construct in the same stack', () => {
    const stack = new Stack(testApp(), 'Mine');
    new CyberdeskWebhooks(stack, 'One', { stage: 'live' });

    expect(() => new CyberdeskWebhooks(stack, 'Two', { stage: 'live' })).toThrowError(
      'stage "live": Mine/Two: the stack already contains Mine/One; use another stack',
    );
  });
});

describe('feature flags', () => {
  const withFlags = (context: Record<string, unknown>) => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [], ...context } });
    new CyberdeskWebhooksStack(app, 'Mine', { stage: 'live', alarms: { emails: ['a@example.com'] } });
    return templateOf(app, 'Mine');
  };

  it('feature flags of the app do not change the stack', () => {
    const { 'aws:cdk:bundling-stacks': _, ...flags } = cdkContext;
    const with_ = withFlags(flags);
    const without = withFlags({});

    expect(normalised(without)).toEqual(normalised(with_));
  });
});

/** With sorted actions, without the hashes of bundles and function versions. */
function normalised(template: Template): unknown {
  for (const [, { Properties }] of ofType(template, 'AWS::Lambda::Function')) Properties.Code = 'code';
  const text = JSON.stringify(template.Resources, (key, value) =>
    key === 'Action' && Array.isArray(value) ? value.toSorted() : value,
  );
  return JSON.parse(text.replace(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1'));
}
