import { describe, expect, it } from 'vitest';
import { checkStage } from '../../lib/settings/check.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { everySetting } from './support/settings.ts';
import { synth } from './support/synth.ts';

const { domain, vpc, sensitiveSecretArns, sensitiveSecretKeyArns } = everySetting;
const inIreland = { account: '123456789012', region: 'eu-west-1' };

describe('invalid settings', () => {
  const cases: [string, unknown, string][] = [
    [
      'a typo',
      { maxFolowUpDepth: 3 },
      'maxFolowUpDepth: is not a known setting; did you mean "maxFollowUpDepth"?',
    ],
    [
      'a typo in a nested setting',
      { alarms: { mails: [] } },
      'alarms.mails: is not a known setting; did you mean "emails"?',
    ],
    ['a wrong type', { maxFollowUpDepth: '3' }, 'maxFollowUpDepth: must be number (got "3")'],
    [
      'an account without a region',
      { account: '123456789012' },
      'region: is missing; set both account and region, or neither',
    ],
    [
      'a region without an account',
      { region: 'eu-central-1' },
      'account: is missing; set both account and region, or neither',
    ],
    [
      'an invalid account id',
      { account: '12345', region: 'eu-west-1' },
      'account: "12345" must be an account id of 12 digits',
    ],
    [
      'an invalid region',
      { account: '123456789012', region: 'europe' },
      'region: "europe" is not a valid AWS region',
    ],
    [
      'a name with a space',
      { name: 'my copy' },
      'name: "my copy" must start with a letter and have at most 31 letters, digits and hyphens',
    ],
    [
      'an invalid e-mail address',
      { alarms: { emails: ['a@b'] } },
      'alarms.emails.0: "a@b" is not a valid e-mail address',
    ],
    [
      'an invalid e-mail address for tickets',
      { alarms: { ticketEmails: ['a@b'] } },
      'alarms.ticketEmails.0: "a@b" is not a valid e-mail address',
    ],
    [
      'an unknown kind of monitoring',
      { monitoring: 'none' },
      'monitoring: must be ("full" | "basic") (got "none")',
    ],
    [
      'bodies kept for longer than events',
      { retention: { eventDays: 30, bodyDays: 31 } },
      'retention: bodies must be kept at most as long as events, 30 days (got 31)',
    ],
    ['an unknown profile', { profile: 'cheap' }, 'profile: must be ("standard" | "economy") (got "cheap")'],
    [
      'an unknown kind of tracing',
      { tracing: 'passive' },
      'tracing: must be ("off" | "active") (got "passive")',
    ],
    [
      'a duplicate e-mail address',
      { alarms: { emails: ['a@b.ch', 'a@b.ch'] } },
      'alarms.emails: must not contain duplicates',
    ],
    [
      'a runbook URL that is a path',
      { alarms: { runbookUrl: 'docs/runbook.md' } },
      'alarms.runbookUrl: "docs/runbook.md" must be an http(s) URL without "#"',
    ],
    [
      'a runbook URL with a fragment',
      { alarms: { runbookUrl: 'https://example.com/#runbook' } },
      'alarms.runbookUrl: "https://example.com/#runbook" must be an http(s) URL without "#"',
    ],
    [
      'a runbook URL that is too long',
      { alarms: { runbookUrl: `https://example.com/${'x'.repeat(181)}` } },
      'alarms.runbookUrl: must be at most 200 characters long',
    ],
    [
      'a queue by its URL',
      { destinations: { a: { queue: 'https://sqs.eu-west-1.amazonaws.com/123456789012/a' } } },
      'destinations.a.queue: "https://sqs.eu-west-1.amazonaws.com/123456789012/a" must be the ARN of an SQS queue ("arn:aws:sqs:…:…:name")',
    ],
    [
      'a function by its name',
      { destinations: { a: { function: 'team' } } },
      'destinations.a.function: "team" must be the ARN of a function, version or alias ("arn:aws:lambda:…:…:function:name")',
    ],
    [
      'a bus by its name',
      { destinations: { a: { eventBus: 'team' } } },
      'destinations.a.eventBus: "team" must be the ARN of an event bus ("arn:aws:events:…:…:event-bus/name")',
    ],
    [
      'a handler that is not there',
      { destinations: { a: { handler: 'handlers/gone.ts' } } },
      'destinations.a.handler: "handlers/gone.ts" is not the path of a file in TypeScript or JavaScript, such as "handlers/persist-run.ts"',
    ],
    [
      'a handler in another language',
      { destinations: { a: { handler: 'examples/python-consumer/consumer.py' } } },
      'destinations.a.handler: "examples/python-consumer/consumer.py" is not the path of a file in TypeScript or',
    ],
    [
      'a destination that is nothing',
      { destinations: { a: {} } },
      'destinations.a: must have exactly one of handler, queue, function, eventBus',
    ],
    [
      'a destination that is two things',
      { destinations: { a: { queue: 'arn:aws:sqs:eu-west-1:123456789012:a', handler: 'stages.ts' } } },
      'destinations.a: must have exactly one of handler, queue, function, eventBus',
    ],
    [
      'a typo in a destination',
      { destinations: { a: { handlers: 'handlers/persist-run.ts' } } },
      'destinations.a.handlers: is not a known setting; did you mean "handler"?',
    ],
    [
      'a destination of another kind',
      { destinations: { a: { topic: 'arn:aws:sns:eu-west-1:123456789012:a' } } },
      'destinations.a.topic: is not a known setting; API.md lists them all',
    ],
    [
      'a destination with the name of a function of the product',
      { destinations: { processor: { queue: 'arn:aws:sqs:eu-west-1:123456789012:a' } } },
      'destinations.processor: "processor" must start with a letter and have at most 32 letters, digits and hyphens; verifier, processor and sweeper are taken',
    ],
    ...['constructor', 'toString', 'hasOwnProperty', 'prototype'].flatMap(
      (name): [string, unknown, string][] => [
        [
          `a destination with the name ${name}`,
          { destinations: { [name]: { queue: 'arn:aws:sqs:eu-west-1:123456789012:a' } } },
          `destinations: "${name}" cannot be a name, as JavaScript has a use of its own for it`,
        ],
        [
          `a workflow with the name ${name}`,
          { workflowIds: { [name]: everySetting.workflowIds.next } },
          `workflowIds: "${name}" cannot be a name, as JavaScript has a use of its own for it`,
        ],
      ],
    ),
    [
      'a destination with the name __proto__',
      { destinations: { __proto__: { queue: 'arn:aws:sqs:eu-west-1:123456789012:a' } } },
      'destinations: "__proto__" cannot be a name, as JavaScript has a use of its own for it',
    ],
    ['destinations in a text', { destinations: 'persist' }, 'destinations: must be object (got "persist")'],
    [
      'a destination in another region',
      { ...inIreland, destinations: { a: { queue: 'arn:aws:sqs:eu-central-1:123456789012:a' } } },
      "destinations.a.queue: must be in eu-west-1, the stack's region (got eu-central-1)",
    ],
    [
      'destinations in two regions, whichever is that of the stack',
      {
        destinations: {
          a: { queue: 'arn:aws:sqs:us-east-1:123456789012:a' },
          b: { handler: 'test/lib/support/own-handler.ts' },
          c: { eventBus: 'arn:aws:events:eu-west-1:123456789012:event-bus/c' },
        },
      },
      'destinations.c.eventBus: must be in us-east-1, the region of destinations.a.queue (got eu-west-1)',
    ],
    [
      'a secret and a destination in two regions',
      { sensitiveSecretArns, destinations: { a: { queue: 'arn:aws:sqs:us-east-1:123456789012:a' } } },
      'destinations.a.queue: must be in eu-central-1, the region of sensitiveSecretArns.0 (got us-east-1)',
    ],
    [
      'a destination in a partition that its region is not in',
      { destinations: { a: { eventBus: 'arn:aws:events:cn-north-1:123456789012:event-bus/a' } } },
      'destinations.a.eventBus: has the region cn-north-1, which is in aws-cn (got the partition aws)',
    ],
    [
      'an invalid IP address',
      { sourceIpAllowList: ['10.0.0.1', '10.0.0'] },
      'sourceIpAllowList.1: "10.0.0" is not a valid IP address or CIDR range',
    ],
    [
      'a CIDR prefix that is too long',
      { sourceIpAllowList: ['10.0.0.0/33'] },
      'sourceIpAllowList.0: "10.0.0.0/33" is not a valid IP address or CIDR range',
    ],
    [
      'a secret by name',
      { sensitiveSecretArns: ['portal'] },
      'sensitiveSecretArns.0: "portal" must be the complete ARN of a secret, including the six random characters',
    ],
    [
      'a secret in another region',
      { ...inIreland, sensitiveSecretArns },
      "sensitiveSecretArns.0: must be in eu-west-1, the stack's region (got eu-central-1)",
    ],
    [
      'a key in another region',
      { ...inIreland, sensitiveSecretKeyArns },
      "sensitiveSecretKeyArns.0: must be in eu-west-1, the stack's region (got eu-central-1)",
    ],
    [
      'an encryption key in another region',
      { ...inIreland, encryptionKey: 'arn:aws:kms:eu-central-1:123456789012:key/mrk-1' },
      "encryptionKey: must be in eu-west-1, the stack's region (got eu-central-1)",
    ],
    [
      'a previous encryption key in another region',
      { ...inIreland, previousEncryptionKeys: ['create', 'arn:aws:kms:eu-central-1:123456789012:key/mrk-1'] },
      "previousEncryptionKeys.1: must be in eu-west-1, the stack's region (got eu-central-1)",
    ],
    [
      'encryption keys in two regions',
      {
        encryptionKey: 'arn:aws:kms:eu-west-1:123456789012:key/mrk-1',
        previousEncryptionKeys: ['arn:aws:kms:eu-central-1:123456789012:key/mrk-1'],
      },
      'previousEncryptionKeys.0: must be in eu-west-1, the region of encryptionKey (got eu-central-1)',
    ],
    [
      'an encryption key by alias',
      { encryptionKey: 'alias/mine' },
      'encryptionKey: "alias/mine" must be "create" or a KMS key ARN',
    ],
    [
      'a key by alias',
      { sensitiveSecretKeyArns: ['arn:aws:kms:eu-west-1:123456789012:alias/mine'] },
      'sensitiveSecretKeyArns.0: "arn:aws:kms:eu-west-1:123456789012:alias/mine" must be a KMS key ARN',
    ],
    [
      'a workflow id that is not a UUID',
      { workflowIds: { next: '42' } },
      'workflowIds.next: "42" is not a valid UUID',
    ],
    [
      'a workflow name that is not in camelCase',
      { workflowIds: { 'Next-One': everySetting.workflowIds.next } },
      'workflowIds.Next-One: "Next-One" must be camelCase letters and digits, such as "next"',
    ],
    [
      'a concurrency below the minimum of SQS',
      { processorConcurrency: 1 },
      'processorConcurrency: must be a whole number from 2 to 1000 (got 1)',
    ],
    [
      'a number that is not whole',
      { maxFollowUpDepth: 2.5 },
      'maxFollowUpDepth: must be a whole number from 1 to 100 (got 2.5)',
    ],
    [
      'a life of idempotency keys below the assumed one',
      { idempotencyKeySeconds: 69 },
      'idempotencyKeySeconds: must be a whole number from 70 to 86400 (got 69)',
    ],
    ['a text for a switch', { repeatUnanswered: 'no' }, 'repeatUnanswered: must be boolean (got "no")'],
    [
      'a silence longer than CloudWatch evaluates',
      { alarms: { silenceHours: 169 } },
      'alarms.silenceHours: must be a whole number from 1 to 168 (got 169)',
    ],
    [
      'a log retention that CloudWatch Logs does not support',
      { retention: { logDays: 31 } },
      'retention.logDays: must be one of 1, 3, 5, 7, 14, 30,',
    ],
    [
      'completions kept for less time than events',
      { retention: { eventDays: 200 } },
      'retention: completions must be kept at least as long as events, 200 days (got 120)',
    ],
    [
      'events kept for less time than dead letters',
      { retention: { eventDays: 13 } },
      'retention.eventDays: must be a whole number from 14 to 3650 (got 13)',
    ],
    [
      'a domain in upper case',
      { domain: { ...domain, domainName: 'Example' } },
      'domain.domainName: "Example" is not a valid host name in lower case',
    ],
    [
      'a domain without a certificate',
      { domain: { domainName: 'a.example.com' } },
      'domain.certificateArn: is missing',
    ],
    [
      'a domain outside its zone',
      { domain: { ...domain, domainName: 'webhooks.notexample.com' } },
      'domain.hostedZone: the zone "example.com" cannot contain "webhooks.notexample.com"',
    ],
    [
      'a certificate in another region',
      { account: '123456789012', region: 'us-east-1', domain },
      "domain.certificateArn: must be in us-east-1, the stack's region (got eu-central-1)",
    ],
    [
      'a closed gateway without a domain',
      { closeDefaultEndpoint: true },
      'closeDefaultEndpoint: leaves no URL',
    ],
    ['an origin header without a domain', { originHeader: 'optional' }, 'originHeader: needs a domain'],
    [
      'a required origin header beside an open gateway',
      { domain, originHeader: 'required' },
      'originHeader: as "required" would refuse the URL of the gateway; set closeDefaultEndpoint as well',
    ],
    [
      'a record around CloudFront',
      { domain, closeDefaultEndpoint: true, originHeader: 'required' },
      'domain.hostedZone: would let the record point around CloudFront',
    ],
    [
      'an unknown way to treat the origin header',
      { domain, originHeader: 'yes' },
      'originHeader: must be ("optional" | "required") (got "yes")',
    ],
    ['a VPC without subnets', { vpc: { ...vpc, subnetIds: [] } }, 'vpc.subnetIds: must have 1 to 16 ids'],
    [
      'more security groups than Lambda takes',
      { vpc: { ...vpc, securityGroupIds: ['a', 'b', 'c', 'd', 'e', 'f'].map((end) => `sg-0000000${end}`) } },
      'vpc.securityGroupIds: must have 1 to 5 ids',
    ],
    [
      'a subnet by its name',
      { vpc: { ...vpc, subnetIds: ['private-a'] } },
      'vpc.subnetIds.0: "private-a" is not an id such as "subnet-0a1b2c3d"',
    ],
    [
      'a VPC without security groups',
      { vpc: { subnetIds: vpc.subnetIds } },
      'vpc.securityGroupIds: is missing',
    ],
    [
      'rules with a relative path',
      { rules: 'follow-ups.ts' },
      'rules: "follow-ups.ts" is not the absolute path of an existing file',
    ],
  ];

  it.each(cases)('a stage fails with one line that names stage and setting: %s', (_, settings, expected) => {
    // Act
    const act = () => synth(settings as StageSettings, 'prod');

    // Assess
    expect(act).toThrowError(expect.objectContaining({ name: 'SettingsError' }));
    expect(act).toThrowError(`stage "prod": ${expected}`);
    expect(act).not.toThrowError(/\n/);
  });

  it('a stage fails if its name cannot be part of a stack name', () => {
    expect(() => checkStage('Prod_1', {})).toThrowError(
      'stage "Prod_1": name of the stage: must start with a letter',
    );
  });

  it('a stage fails if its allow-list exceeds the size of an environment', () => {
    const sourceIpAllowList = Array.from({ length: 300 }, (_, host) => `10.0.${host >> 8}.${host & 255}/32`);

    expect(() => synth({ sourceIpAllowList })).toThrowError(
      /^stage "dev": sourceIpAllowList.*Lambda allows 4096/,
    );
  });
});
