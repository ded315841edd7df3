import { Aws, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import { addStages } from '../../lib/add-stages.ts';
import { Alarms } from '../../lib/monitoring/alarms.ts';
import { logsLink } from '../../lib/monitoring/console-links.ts';
import { serviceMetric } from '../../lib/monitoring/service-metric.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import type { CyberdeskWebhooksStack } from '../../lib/stack.ts';
import { everySetting } from './support/settings.ts';
import { ofType, one, type Resource, synth, type Template, testApp } from './support/synth.ts';

const { alarms, sourceIpAllowList } = everySetting;
const template = synth();
const every = synth({ alarms, sourceIpAllowList });
const ALARM = 'AWS::CloudWatch::Alarm';
const COMPOSITE = 'AWS::CloudWatch::CompositeAlarm';
const alarmsOf = (from: Template): Resource[] => ofType(from, ALARM).map(([, alarm]) => alarm);
const compositesOf = (from: Template): Resource[] => ofType(from, COMPOSITE).map(([, alarm]) => alarm);
const everyAlarmOf = (from: Template): Resource[] => [...alarmsOf(from), ...compositesOf(from)];
const idOf = ({ Properties }: Resource): string => Properties.AlarmName.split('/')[1];
/** A text in which `…` stands for each part that CloudFormation resolves. */
const textOf = (text: unknown): string =>
  typeof text === 'string'
    ? text
    : (text as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1]
        .map((part) => (typeof part === 'string' ? part : '…'))
        .join('');

describe('alarms', () => {
  it.each(everyAlarmOf(every).map((alarm): [string, Resource] => [alarm.Properties.AlarmName, alarm]))(
    '%s describes what happened and links to the runbook and the console',
    (_, { Properties }) => {
      const [sentence, runbook, ...links] = textOf(Properties.AlarmDescription).split('\n');

      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(runbook).toMatch(/^Runbook: https:\/\/example\.com\/runbook\.md#[a-z-]+$/);
      expect(links.length).toBeGreaterThan(0);
      for (const link of links) expect(link).toMatch(/^[A-Z][\w -]+: https:\/\/…\/\S+$/);
      // The limit of AWS, with a generous length for each resolved part.
      expect(textOf(Properties.AlarmDescription).replaceAll('…', 'x'.repeat(64)).length).toBeLessThanOrEqual(
        1024,
      );
    },
  );

  it('every alarm ignores missing data, except Silence and the age that a failed sweep does not report', () => {
    const others: Record<string, string> = { Silence: 'breaching', OldestUnfinishedEvent: 'ignore' };
    for (const { Properties } of alarmsOf(every)) {
      const expected = others[Properties.AlarmName.split('/')[1]] ?? 'notBreaching';
      expect(Properties.TreatMissingData, Properties.AlarmName).toBe(expected);
    }
  });

  it('every alarm exists by default, except Silence and, without an allow-list, SourceRejections', () => {
    const names = (from: Template) => alarmsOf(from).map(idOf);

    expect(names(template)).toEqual([
      'ThrottledRequests',
      'ServerErrors',
      'BodyTooLarge',
      'SigningSecretNotSet',
      'SigningSecretMalformed',
      'SigningSecretOddLength',
      'SignatureRejections',
      'PreviousSecretUsed',
      'UnprocessableEvents',
      'UnknownStatuses',
      'FastBurnLong',
      'FastBurnShort',
      'SlowBurnLong',
      'SlowBurnShort',
      'OldestUnfinishedEvent',
      'CyberdeskUnavailable',
      'ApiKeyNotSet',
      'ApiKeyRejected',
      'FailedFollowUps',
      'DeadLetters',
      'FailingMessages',
      'FunctionErrors',
      'FunctionThrottles',
    ]);
    expect(names(every).filter((name) => !names(template).includes(name))).toEqual([
      'SourceRejections',
      'Silence',
    ]);
  });

  it('every alarm with a threshold in the settings uses it', () => {
    const threshold = (id: string) => one(every, ALARM, `Alarms${id}`).Properties.Threshold;

    expect(threshold('OldestUnfinishedEvent')).toBe(30 * 60);
    expect(threshold('ServerErrors')).toBe(1);
    expect(threshold('SourceRejections')).toBe(5);
    expect(threshold('SignatureRejections')).toBe(10);
    expect(threshold('FunctionErrors')).toBe(2);
    expect(one(every, ALARM, 'Silence').Properties).toMatchObject({
      Threshold: 1,
      EvaluationPeriods: 24,
      Period: 3600,
      ComparisonOperator: 'LessThanThreshold',
    });
  });

  it.each(['FunctionErrors', 'FunctionThrottles'])('%s treats a function without data as zero', (id) => {
    const { Metrics } = one(template, ALARM, `Alarms${id}`).Properties;
    const [{ Expression }] = Metrics.filter((metric: { Expression?: string }) => metric.Expression);

    expect(Expression).toBe('SUM([FILL(m0, 0), FILL(m1, 0), FILL(m2, 0)])');
  });

  it('the alarm about failing messages rings on a quiet stage where one message fails and nothing else happens', () => {
    const { Metrics } = one(template, ALARM, 'AlarmsFailingMessages').Properties;
    const [{ Expression }] = Metrics.filter((metric: { Expression?: string }) => metric.Expression);

    expect(Expression).toBe(
      'IF(failed >= 5 OR (failed > 0 AND SUM([failed, FILL(processed, 0), FILL(refused, 0)]) == failed), 1, 0)',
    );
    expect(Metrics.find(({ Id }: { Id: string }) => Id === 'failed').MetricStat.Period).toBe(1800);
  });

  it('every alarm evaluates at most seven days, the limit of CloudWatch', () => {
    const longest = synth({ alarms: { silenceHours: 168 } });

    for (const { Properties } of alarmsOf(longest)) {
      const [{ MetricStat }] = Properties.Metrics?.filter((metric: object) => 'MetricStat' in metric) ?? [{}];
      const period = Properties.Period ?? MetricStat.Period;
      expect(period * Properties.EvaluationPeriods, Properties.AlarmName).toBeLessThanOrEqual(7 * 86_400);
    }
  });
});

describe('alarm descriptions', () => {
  it('an alarm description above 1024 characters fails the synthesis', () => {
    // Arrange
    const stack = new Stack(testApp(), 'Mine');
    const metric = serviceMetric(stack, 'EventAccepted');
    const alarm = {
      id: 'Long',
      title: 'Long',
      severity: 'page' as const,
      metric,
      threshold: 1,
      links: { Log: logsLink(Aws.STACK_NAME) },
    };
    const action: IAlarmAction = { bind: () => ({ alarmActionArn: 'arn' }) };
    const build = (sentence: string) =>
      new Alarms(stack, sentence.slice(0, 5), {
        stage: 'prod',
        definitions: [{ ...alarm, sentence }],
        runbookUrl: 'r.md',
        composites: [],
        actions: { page: [action], ticket: [] },
      });

    // Act, Assess
    expect(() => build(`short${'.'.repeat(600)}`)).not.toThrow();
    expect(() => build(`long.${'.'.repeat(1000)}`)).toThrowError(
      /^stage "prod": alarms\.runbookUrl: makes the description of the alarm Long too long \(1\d{3} characters, limit 1024\)/,
    );
  });

  it.each([
    ['dev', {}],
    ['a-stage-with-a-name-of-31-chars', { name: 'AnInstallationWithANameOf31Char' }],
    ['prod', { account: '123456789012', region: 'ap-southeast-1', name: 'copy' }],
  ])('an alarm description is within the limit with the longest runbook URL: stage %s', (stage, settings) => {
    const runbookUrl = `https://example.com/${'x'.repeat(180)}`;

    expect(() => synth({ ...settings, alarms: { silenceHours: 168, runbookUrl } }, stage)).not.toThrow();
  });
});

describe('alarm e-mails', () => {
  const [, topic] = ofType(template, 'AWS::SNS::Topic').find(([id]) => id.includes('Alarms')) as [
    string,
    Resource,
  ];
  const subscriptionsOf = (from: Template) =>
    ofType(from, 'AWS::SNS::Subscription').map(
      ([, { Properties }]) =>
        `${Properties.Endpoint} to ${/Topics(Alarms|Tickets)/.exec(Properties.TopicArn.Ref)?.[1]}`,
    );
  const ofThisAccount = {
    StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    ArnLike: { 'aws:SourceArn': expect.anything() },
  };

  it.each(['Alarms', 'Tickets'])(
    'the policy of the topic %s lets CloudWatch of this account publish',
    (name) => {
      const [[id] = ['']] = ofType(template, 'AWS::SNS::Topic').filter(([each]) => each.includes(name));
      const policies = ofType(template, 'AWS::SNS::TopicPolicy').filter(([, { Properties }]) =>
        Properties.Topics.some(({ Ref }: { Ref: string }) => Ref === id),
      );

      expect(policies).toHaveLength(1);
      expect(policies[0]?.[1].Properties.PolicyDocument.Statement).toContainEqual({
        Sid: 'AlarmsPublish',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: id },
        Condition: ofThisAccount,
      });
    },
  );

  it('the policy of the key of the alarm topic lets CloudWatch of this account encrypt', () => {
    const [keyId] = topic.Properties.KmsMasterKeyId['Fn::GetAtt'];
    const statements = template.Resources[keyId]?.Properties.KeyPolicy.Statement;

    expect(statements).toContainEqual({
      Sid: 'AlarmsEncrypt',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: ofThisAccount,
    });
  });

  it('the alarm topics send e-mail to the addresses of the settings', () => {
    expect(subscriptionsOf(every)).toEqual(['on-call@example.com to Alarms', 'team@example.com to Tickets']);
  });

  it('the ticket topic has the addresses of pages unless the settings name others', () => {
    const emails = ['on-call@example.com'];

    expect(subscriptionsOf(synth({ alarms: { emails } }))).toEqual([
      'on-call@example.com to Alarms',
      'on-call@example.com to Tickets',
    ]);
    expect(subscriptionsOf(synth({ alarms: { emails, ticketEmails: [] } }))).toHaveLength(1);
  });

  it('a stage without alarm recipients raises a warning that names stage and setting', () => {
    const warningsFor = (settings: StageSettings) => {
      const [stack] = addStages(testApp(), { prod: settings }) as [CyberdeskWebhooksStack];
      return Annotations.fromStack(stack)
        .findWarning('*', Match.anyValue())
        .map(({ entry }) => entry.data);
    };

    expect(warningsFor({ alarms })).toEqual([]);
    expect(warningsFor({})).toEqual([expect.stringMatching(/^stage "prod": alarms\.emails: none is set/)]);
  });
});

describe('topics', () => {
  it('topics are encrypted with our own key and reject calls without TLS', () => {
    const topics = ofType(template, 'AWS::SNS::Topic');

    expect(topics).toHaveLength(4);
    for (const [, { Properties }] of topics) {
      expect(Properties.KmsMasterKeyId['Fn::GetAtt'][0]).toContain('TopicsKey');
    }
    for (const [, { Properties }] of ofType(template, 'AWS::SNS::TopicPolicy')) {
      expect(Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Action: 'sns:Publish',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
    }
  });

  it('topics are encrypted with a key that is rotated', () => {
    expect(one(template, 'AWS::KMS::Key').Properties.EnableKeyRotation).toBe(true);
  });
});
