import { Stack } from 'aws-cdk-lib';
import { Annotations, Template as Assertions, Match } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import { addStages } from '../../lib/add-stages.ts';
import { CyberdeskWebhooks } from '../../lib/cyberdesk-webhooks.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { everySetting } from './support/settings.ts';
import { ofType, one, type Resource, synth, type Template, testApp } from './support/synth.ts';

const ARN = 'arn:aws:kms:eu-central-1:123456789012:key/55555555-5555-4555-8555-555555555555';
const OLD = 'arn:aws:kms:eu-central-1:123456789012:key/66666666-6666-4666-8666-666666666666';

const { hostedZone: _, ...DOMAIN } = everySetting.domain;
const EDGE: StageSettings = { domain: DOMAIN, closeDefaultEndpoint: true, originHeader: 'required' };

/** The property of each type of store that names its key; none: what it stores is no data of ours. */
const KEYS: Readonly<Record<string, ((properties: Resource['Properties']) => unknown) | 'stores no data'>> = {
  'AWS::DynamoDB::Table': ({ SSESpecification: sse }) => sse?.SSEEnabled && sse.KMSMasterKeyId,
  'AWS::SQS::Queue': (queue) => queue.SqsManagedSseEnabled === false && queue.KmsMasterKeyId,
  'AWS::SecretsManager::Secret': (secret) => secret.KmsKeyId,
  'AWS::SNS::Topic': (topic) => topic.KmsMasterKeyId,
  'AWS::Logs::LogGroup': (group) => group.KmsKeyId,
  'AWS::Lambda::Function': (fn) => fn.KmsKeyArn,
  ...Object.fromEntries(
    [
      ...['ApiGatewayV2::Api', 'ApiGatewayV2::ApiMapping', 'ApiGatewayV2::DomainName'],
      ...['ApiGatewayV2::Integration', 'ApiGatewayV2::Route', 'ApiGatewayV2::Stage'],
      ...['CloudWatch::Alarm', 'CloudWatch::CompositeAlarm', 'CloudWatch::Dashboard'],
      ...['CDK::Metadata', 'Events::Rule', 'IAM::Policy', 'IAM::Role', 'KMS::Key'],
      ...['Lambda::Alias', 'Lambda::EventInvokeConfig', 'Lambda::EventSourceMapping', 'Lambda::Permission'],
      ...['Lambda::Version', 'Logs::MetricFilter', 'Route53::RecordSet'],
      ...['SNS::Subscription', 'SNS::TopicPolicy', 'SQS::QueuePolicy'],
    ].map((type) => [`AWS::${type}`, 'stores no data' as const]),
  ),
};

/** Stores of a template that are not encrypted with this key, and types that no one has thought about. */
function withoutKey(template: Template, key: unknown): string[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const keyOf = KEYS[Type];
    if (keyOf === undefined) return [`${Type} is new: say whether it stores data`];
    if (keyOf === 'stores no data') return [];
    return JSON.stringify(keyOf(Properties)) === JSON.stringify(key) ? [] : [`${Type} ${id}`];
  });
}

/** How many resources are encrypted with a key. */
const storesOf = ({ Resources }: Template): number =>
  Object.values(Resources).filter(({ Type }) => typeof KEYS[Type] === 'function').length;

const ownKey = (template: Template) => ({
  'Fn::GetAtt': [ofType(template, 'AWS::KMS::Key')[0]?.[0], 'Arn'],
});

/** Statements of all policies of a role. */
const policyOf = (name: string, template: Template) =>
  ofType(template, 'AWS::IAM::Policy')
    .filter(([id]) => id.includes(`${name}Role`) || id.includes(`KeyAccess${name}`))
    .flatMap(
      ([, { Properties }]) => Properties.PolicyDocument.Statement as { Sid: string; Resource: unknown }[],
    );

describe('encryptionKey', () => {
  const settings: StageSettings = { ...everySetting, monitoring: 'full' };

  it('no store is left out, with a key that is created', () => {
    const template = synth({ ...settings, encryptionKey: 'create' });

    expect(withoutKey(template, ownKey(template))).toEqual([]);
  });

  it('AWS rotates a key that is created, every year', () => {
    const [key, ...others] = ofType(synth({ ...settings, encryptionKey: 'create' }), 'AWS::KMS::Key');

    expect(others).toEqual([]);
    expect(key?.[1].Properties).toMatchObject({ EnableKeyRotation: true });
    expect(key?.[1].Properties).not.toHaveProperty('RotationPeriodInDays');
  });

  it('no store is left out, with a key by ARN, and no key is created beside it', () => {
    const template = synth({ ...settings, encryptionKey: ARN });

    expect(withoutKey(template, ARN)).toEqual([]);
    expect(ofType(template, 'AWS::KMS::Key')).toEqual([]);
  });

  it('no store is left out, and no function, in any combination of the settings that add some', () => {
    const { vpc, destinations, domain, originHeader, tracing, provisionedConcurrency } = everySetting;
    const parts: StageSettings[] = [
      { monitoring: 'full' },
      { vpc },
      { destinations },
      { domain, originHeader, closeDefaultEndpoint: true },
      { tracing, provisionedConcurrency, profile: 'economy' },
    ];
    const seen = new Set<number>();
    for (let chosen = 0; chosen < 2 ** parts.length; chosen += 1) {
      const some: StageSettings = Object.assign({}, ...parts.filter((_, index) => (chosen >> index) & 1));
      const encryptionKey = chosen % 3 === 0 ? ARN : 'create';
      const template = synth({ monitoring: 'basic', ...some, encryptionKey });

      const key = encryptionKey === ARN ? ARN : ownKey(template);
      expect(withoutKey(template, key), JSON.stringify(some)).toEqual([]);
      seen.add(storesOf(template));
    }
    // The combinations differ in what there is to encrypt.
    expect(seen.size).toBeGreaterThan(2);
  });

  it('only the topics have a key of the customer without the setting', () => {
    const template = synth();

    expect(withoutKey(template, ownKey(template)).filter((line) => line.includes('Topic'))).toEqual([]);
    expect(JSON.stringify(template.Outputs)).not.toContain('EncryptionKey');
  });

  it.each(['Verifier', 'Processor', 'Sweeper', 'persist'])('the role of %s can use the key', (name) => {
    const statements = policyOf(name, synth({ ...settings, encryptionKey: ARN }));

    const ofKey = statements.filter(({ Resource }) => Resource === ARN).map(({ Sid }) => Sid);
    expect(ofKey.sort()).toEqual(
      name === 'persist' ? ['DecryptEnvironment'] : ['DecryptEnvironment', 'UseKey'],
    );
  });

  it('a previous key can be decrypted with, and nothing more', () => {
    const template = synth({ encryptionKey: ARN, previousEncryptionKeys: [OLD] });

    for (const name of ['Verifier', 'Processor', 'Sweeper']) {
      expect(policyOf(name, template)).toContainEqual(
        expect.objectContaining({ Sid: 'DecryptEarlier', Action: 'kms:Decrypt', Resource: OLD }),
      );
    }
    expect(template.Outputs.PreviousEncryptionKeyArns?.Value).toBe(OLD);
  });

  it.each<[string, number, StageSettings]>([
    ['one that is created', 5, { encryptionKey: 'create' }],
    ['one by ARN', 5, { encryptionKey: ARN, previousEncryptionKeys: [OLD] }],
    ['one that is for the origin secret, too', 6, { ...EDGE, encryptionKey: 'create' }],
  ])('the functions may use a key before any store has it: %s', (_, count, given) => {
    const template = synth(given);
    const access = ofType(template, 'AWS::IAM::Policy').filter(([id]) => id.includes('KeyAccess'));
    const stores = ['AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::SecretsManager::Secret'].flatMap(
      (type) => ofType(template, type),
    );

    expect(access).toHaveLength(3);
    expect(stores).toHaveLength(count);
    for (const [id, { DependsOn }] of stores)
      expect(DependsOn, id).toEqual(expect.arrayContaining(access.map(([policy]) => policy)));
  });

  it("the stack's own key stays while it is named among the previous ones", () => {
    const before = synth({ encryptionKey: 'create' });
    const after = synth({ encryptionKey: ARN, previousEncryptionKeys: ['create'] });

    expect(ownKey(after)).toEqual(ownKey(before));
    expect(withoutKey(after, ARN)).toEqual([]);
    expect(JSON.stringify(policyOf('Processor', after))).toContain(JSON.stringify(ownKey(after)));
  });

  it('a key that encrypts stores is retained in a protected stage only, and not by a creation that fails', () => {
    const policyOfKey = (given: StageSettings) => one(synth(given), 'AWS::KMS::Key').DeletionPolicy;

    expect(policyOfKey({ encryptionKey: 'create' })).toBe('RetainExceptOnCreate');
    expect(policyOfKey({ encryptionKey: 'create', protectData: false })).toBe('Delete');
    expect(policyOfKey({})).toBe('Delete');
  });
});

describe('key policy', () => {
  const warn = (given: StageSettings): string[] => {
    const [stack] = addStages(testApp(), { prod: given });
    return Annotations.fromStack(stack as Stack)
      .findWarning('*', Match.stringLikeRegexp('must have these statements'))
      .map(({ entry }) => String(entry.data));
  };

  it('synthesis prints what the policy of a key by ARN must allow', () => {
    const [text = '', ...more] = warn({ encryptionKey: ARN });

    expect(more).toEqual([]);
    expect(text).toContain(ARN);
    const statements = JSON.parse(text.slice(text.indexOf('['), text.lastIndexOf('}]') + 2));
    expect(statements.map(({ Principal }: { Principal: object }) => Principal)).toEqual([
      { AWS: 'arn:aws:iam::123456789012:root' },
      { Service: 'logs.eu-central-1.amazonaws.com' },
      { Service: 'cloudwatch.amazonaws.com' },
    ]);
    expect(text).toContain('arn:aws:logs:eu-central-1:123456789012:log-group:CyberdeskWebhooks-prod-*');
  });

  it('synthesis prints nothing for a key that the stack creates, whose policy has it', () => {
    const { Statement } = one(synth({ encryptionKey: 'create' }), 'AWS::KMS::Key').Properties.KeyPolicy;

    expect(warn({ encryptionKey: 'create' })).toEqual([]);
    expect(Statement.map(({ Sid }: { Sid?: string }) => Sid)).toEqual([
      undefined,
      'AlarmsEncrypt',
      'LogsEncrypt',
    ]);
  });

  it("a key of the app's own gets the statements in its policy", () => {
    const app = testApp();
    const stack = new Stack(app, 'Own');
    const encryptionKey = new Key(stack, 'Mine');
    new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'prod', encryptionKey });

    const { Statement } = one(Assertions.fromStack(stack).toJSON() as Template, 'AWS::KMS::Key').Properties
      .KeyPolicy;
    expect(Statement.map(({ Sid }: { Sid?: string }) => Sid)).toEqual(
      expect.arrayContaining(['AccountUses', 'LogsEncrypt', 'AlarmsEncrypt']),
    );
  });
});

describe('grants', () => {
  it.each([
    ['grantReadEvents', ['dynamodb']],
    ['grantReadEvent', ['dynamodb']],
    ['grantRedrive', ['dynamodb', 'sqs']],
    ['grantReplay', ['dynamodb', 'sqs']],
    ['grantErase', ['dynamodb']],
    ['grantRestore', ['dynamodb']],
    ['grantSetSecrets', ['dynamodb', 'secretsmanager']],
  ] as const)('%s includes the key, through %s', (grant, services) => {
    const stack = new Stack(testApp(), 'Own');
    const encryptionKey = Key.fromKeyArn(stack, 'Key', ARN);
    const webhooks = new CyberdeskWebhooks(stack, 'Webhooks', { stage: 'prod', encryptionKey });
    const assumedBy = new ServicePrincipal('lambda.amazonaws.com');
    webhooks[grant](new Role(stack, 'Operator', { assumedBy }));

    const [, policy] =
      ofType(Assertions.fromStack(stack).toJSON() as Template, 'AWS::IAM::Policy').find(([id]) =>
        id.startsWith('Operator'),
      ) ?? [];
    const ofKey = policy?.Properties.PolicyDocument.Statement.filter(
      ({ Resource }: { Resource: unknown }) => Resource === ARN,
    );
    const via = JSON.stringify(ofKey);
    for (const service of ['dynamodb', 'sqs', 'secretsmanager'])
      expect(via.includes(`"${service}.*"`), service).toBe((services as readonly string[]).includes(service));
  });
});
