import { Duration, Stack, Token } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Key } from 'aws-cdk-lib/aws-kms';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { CyberdeskWebhooks, type CyberdeskWebhooksProps } from '../../lib/index.ts';
import { everySetting } from './support/settings.ts';
import { testApp } from './support/synth.ts';

const { account, region, domain, sensitiveSecretArns, sensitiveSecretKeyArns } = everySetting;

describe('props', () => {
  type PropsOf = (stack: Stack) => Omit<CyberdeskWebhooksProps, 'stage'>;
  const build = (propsOf: PropsOf) => {
    const stack = new Stack(testApp(), 'Mine', { env: { account, region } });
    return new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'live', ...propsOf(stack) });
  };
  const cases: [string, PropsOf, string][] = [
    [
      'an unknown prop',
      () => ({ previousSecretGraceDays: 1 }) as never,
      'previousSecretGraceDays: is not a known setting; did you mean "previousSecretGracePeriod"?',
    ],
    [
      'a duration that is out of range',
      () => ({ previousSecretGracePeriod: Duration.days(8) }),
      'previousSecretGracePeriod: must be a Duration of 0 to 7 whole days (got P8D)',
    ],
    [
      'a duration that is not whole',
      () => ({ retention: { events: Duration.hours(36 * 24 + 1) } }),
      'retention.events: must be a Duration of 14 to 3650 whole days (got P36DT1H)',
    ],
    [
      'a duration that is unknown at synthesis',
      () => ({ alarms: { silence: Duration.hours(Token.asNumber({ Ref: 'Hours' })) } }),
      'alarms.silence: must be a Duration of 1 to 168 whole hours (got a token)',
    ],
    [
      'a number in place of a duration',
      () => ({ alarms: { oldestEventAge: 60 as never } }),
      'alarms.oldestEventAge: must be a Duration of 15 to 10080 whole minutes',
    ],
    [
      'completions kept for less time than events',
      () => ({ retention: { events: Duration.days(200) } }),
      'retention: completions must be kept at least as long as events, 200 days (got 120)',
    ],
    [
      'an ARN in place of a secret',
      () => ({ sensitiveSecrets: [sensitiveSecretArns[0] as never] }),
      'sensitiveSecrets.0: must be an ISecret',
    ],
    [
      'a secret that was imported by name',
      (stack) => ({ sensitiveSecrets: [Secret.fromSecretNameV2(stack, 'Portal', 'portal')] }),
      'sensitiveSecrets.0: has no complete ARN; import it with Secret.fromSecretCompleteArn',
    ],
    [
      'a key in another region',
      (stack) => ({
        sensitiveSecretKeys: [
          Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/33333333-3333'),
        ],
      }),
      "sensitiveSecretKeys.0: must be in eu-central-1, the stack's region (got eu-west-1)",
    ],
    [
      'an encryption key by ARN in place of a key',
      () => ({ encryptionKey: sensitiveSecretKeyArns[0] as never }),
      'encryptionKey: must be an IKey or "create"',
    ],
    [
      'an encryption key that is its own predecessor',
      () => ({ encryptionKey: 'create', previousEncryptionKeys: ['create'] }),
      'previousEncryptionKeys: contains the key of encryptionKey; name the keys before it only',
    ],
    [
      'a domain without a certificate',
      () => ({ domain: { domainName: 'a.example.com' } as never }),
      'domain.certificate: is missing',
    ],
    [
      'a domain outside its zone',
      (stack) => ({
        domain: {
          domainName: 'webhooks.notexample.com',
          certificate: Certificate.fromCertificateArn(stack, 'Certificate', domain.certificateArn),
          hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', domain.hostedZone),
        },
      }),
      'domain.hostedZone: the zone "example.com" cannot contain "webhooks.notexample.com"',
    ],
  ];

  it.each(cases)(
    'the construct fails with one line that names stage and prop: %s',
    (_, propsOf, expected) => {
      const act = () => build(propsOf);

      expect(act).toThrowError(expect.objectContaining({ name: 'SettingsError' }));
      expect(act).toThrowError(`stage "live": ${expected}`);
      expect(act).not.toThrowError(/\n/);
    },
  );

  it('the construct accepts a secret whose ARN is resolved later, in any region', () => {
    const arn = Token.asString({ Ref: 'SomeSecret' });

    expect(() =>
      build((stack) => ({ sensitiveSecrets: [Secret.fromSecretCompleteArn(stack, 'Portal', arn)] })),
    ).not.toThrow();
  });
});
