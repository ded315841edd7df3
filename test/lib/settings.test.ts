import { Token } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { addStages } from '../../lib/add-stages.ts';
import { checkOptions, checkStage } from '../../lib/settings/check.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { everySetting } from './support/settings.ts';
import { synth, testApp } from './support/synth.ts';

const { domain, sensitiveSecretArns, sensitiveSecretKeyArns } = everySetting;
const inIreland = { account: '123456789012', region: 'eu-west-1' };

describe('a setting that cannot be used fails with one line that names stage and setting', () => {
  const cases: [string, unknown, string][] = [
    ['a typo', { maxFolowUpDepth: 3 }, 'maxFolowUpDepth: is not a setting; lib/settings/ lists them all'],
    [
      'a typo inside',
      { alarms: { mails: [] } },
      'alarms.mails: is not a setting; lib/settings/ lists them all',
    ],
    ['a wrong type', { maxFollowUpDepth: '3' }, 'maxFollowUpDepth: must be number, not "3"'],
    [
      'an account without region',
      { account: '123456789012' },
      'region: is missing; set it together with account, or neither',
    ],
    [
      'a region without account',
      { region: 'eu-central-1' },
      'account: is missing; set it together with region, or neither',
    ],
    [
      'an account that is none',
      { account: '12345', region: 'eu-west-1' },
      'account: "12345" is not an account id of 12 digits',
    ],
    [
      'a region that is none',
      { account: '123456789012', region: 'europe' },
      'region: "europe" is not an AWS region',
    ],
    [
      'a name with a blank',
      { name: 'my copy' },
      'name: "my copy" must be up to 31 letters, digits and hyphens',
    ],
    [
      'a malformed e-mail',
      { alarms: { emails: ['a@b'] } },
      'alarms.emails.0: "a@b" is not an e-mail address',
    ],
    [
      'an e-mail named twice',
      { alarms: { emails: ['a@b.ch', 'a@b.ch'] } },
      'alarms.emails: names one entry twice',
    ],
    [
      'a runbook that no mail can link to',
      { alarms: { runbookUrl: 'docs/runbook.md' } },
      'alarms.runbookUrl: "docs/runbook.md" is not an http(s) URL without "#"',
    ],
    [
      'a runbook with a section of its own',
      { alarms: { runbookUrl: 'https://example.com/#runbook' } },
      'alarms.runbookUrl: "https://example.com/#runbook" is not an http(s) URL without "#"',
    ],
    [
      'a runbook too far away',
      { alarms: { runbookUrl: `https://example.com/${'x'.repeat(181)}` } },
      'alarms.runbookUrl: is longer than 200 characters',
    ],
    [
      'a malformed address',
      { sourceIpAllowList: ['10.0.0.1', '10.0.0'] },
      'sourceIpAllowList.1: "10.0.0" is not an IP address or CIDR range',
    ],
    [
      'a prefix too long',
      { sourceIpAllowList: ['10.0.0.0/33'] },
      'sourceIpAllowList.0: "10.0.0.0/33" is not an IP address or CIDR range',
    ],
    [
      'a secret by name',
      { sensitiveSecretArns: ['portal'] },
      'sensitiveSecretArns.0: "portal" is not the complete ARN of a secret, which ends in six random characters',
    ],
    [
      'a secret in another region',
      { ...inIreland, sensitiveSecretArns },
      'sensitiveSecretArns.0: must be in eu-west-1, not eu-central-1',
    ],
    [
      'a key in another region',
      { ...inIreland, sensitiveSecretKeyArns },
      'sensitiveSecretKeyArns.0: must be in eu-west-1, not eu-central-1',
    ],
    [
      'a key by alias',
      { sensitiveSecretKeyArns: ['arn:aws:kms:eu-west-1:123456789012:alias/mine'] },
      'sensitiveSecretKeyArns.0: "arn:aws:kms:eu-west-1:123456789012:alias/mine" is not the ARN of a KMS key',
    ],
    ['a workflow that is no uuid', { workflowIds: { next: '42' } }, 'workflowIds.next: "42" is not a UUID'],
    [
      'a workflow name that rules would not see',
      { workflowIds: { 'Next-One': everySetting.workflowIds.next } },
      'workflowIds.Next-One: "Next-One" must be camelCase letters and digits, such as "next"',
    ],
    [
      'a concurrency that SQS does not take',
      { processorConcurrency: 1 },
      'processorConcurrency: must be a whole number from 2 to 1000, not 1',
    ],
    [
      'a broken number',
      { maxFollowUpDepth: 2.5 },
      'maxFollowUpDepth: must be a whole number from 1 to 100, not 2.5',
    ],
    [
      'a silence longer than CloudWatch looks back',
      { alarms: { silenceHours: 169 } },
      'alarms.silenceHours: must be a whole number from 1 to 168, not 169',
    ],
    [
      'log days that CloudWatch does not take',
      { retention: { logDays: 31 } },
      'retention.logDays: 31 is none of what CloudWatch Logs takes: 1, 3, 5, 7,',
    ],
    [
      'memory shorter than events',
      { retention: { eventDays: 200 } },
      'retention.completionDays: must be no fewer than retention.eventDays (200), not 180',
    ],
    [
      'events shorter than dead letters',
      { retention: { eventDays: 13 } },
      'retention.eventDays: must be a whole number from 14 to 3650, not 13',
    ],
    [
      'a domain in upper case',
      { domain: { ...domain, domainName: 'Example' } },
      'domain.domainName: "Example" is not a host name in lower case',
    ],
    [
      'a domain without certificate',
      { domain: { domainName: 'a.example.com' } },
      'domain.certificateArn: is missing',
    ],
    [
      'a domain outside its zone',
      { domain: { ...domain, domainName: 'webhooks.notexample.com' } },
      'domain.hostedZone.zoneName: the zone "example.com" cannot hold "webhooks.notexample.com"',
    ],
    [
      'a certificate elsewhere',
      { account: '123456789012', region: 'us-east-1', domain },
      'domain.certificateArn: must be in us-east-1, not eu-central-1',
    ],
    [
      'rules by relative path',
      { rules: 'follow-ups.ts' },
      'rules: "follow-ups.ts" is not the absolute path of a file',
    ],
  ];

  it.each(cases)('%s', (_, settings, expected) => {
    // Act
    const act = () => synth(settings as StageSettings, 'prod');

    // Assess
    expect(act).toThrowError(expect.objectContaining({ name: 'SettingsError' }));
    expect(act).toThrowError(`stage "prod": ${expected}`);
    expect(act).not.toThrowError(/\n/);
  });

  it('a stage name that makes no stack name', () => {
    expect(() => checkStage('Prod_1', {})).toThrowError(
      'stage "Prod_1": name of the stage: must be lower-case',
    );
  });

  it('an allow-list that no environment holds', () => {
    const sourceIpAllowList = Array.from({ length: 300 }, (_, host) => `10.0.${host >> 8}.${host & 255}/32`);

    expect(() => synth({ sourceIpAllowList })).toThrowError(
      /^stage "dev": sourceIpAllowList.*Lambda takes 4096/,
    );
  });
});

describe('stages that cannot be used fail with one line', () => {
  const none = /^stages: name at least one/;
  const cases: [string, unknown, RegExp][] = [
    ['no stages at all', undefined, none],
    ['an empty record', {}, none],
    ['a stage that is null', { dev: null }, /^stage "dev": settings: must be object, not null/],
    ['a stage that is a text', { dev: 'eu' }, /^stage "dev": settings: must be object, not "eu"/],
    [
      'a setting that would rename the stage',
      { dev: { stage: 'prod' } },
      /^stage "dev": stage: is not a setting/,
    ],
    [
      'two stages in one stack',
      { b: { name: 'a' }, 'a-b': {} },
      /^stage "a-b": name: makes the stack CyberdeskWebhooks-a-b, as stage "b" does/,
    ],
  ];

  it.each(cases)('%s', (_, stages, expected) => {
    const act = () => addStages(testApp(), stages as Record<string, StageSettings>);

    expect(act).toThrowError(expect.objectContaining({ name: 'SettingsError' }));
    expect(act).toThrowError(expected);
    expect(act).not.toThrowError(/\n/);
  });
});

describe('settings that can be used', () => {
  it('are all those that the interface knows', () => {
    expect(() => checkStage('dev', everySetting)).not.toThrow();
  });

  it('may be known only while deploying', () => {
    const later = Token.asString({ Ref: 'SomeSecret' });

    expect(() => checkOptions('dev', { sensitiveSecretArns: [later] }, 'eu-west-1')).not.toThrow();
  });

  it('name a domain by the name of its zone', () => {
    expect(() => checkOptions('dev', { domain: { ...domain, domainName: 'example.com' } })).not.toThrow();
  });

  it('may be left out altogether', () => {
    expect(() => checkStage('dev', {})).not.toThrow();
  });
});
