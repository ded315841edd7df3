import { diffTemplate, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { describe, expect, it } from 'vitest';
import { addStages } from '../../lib/add-stages.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { everySetting } from './support/settings.ts';
import { ofType, synth, type Template, testApp } from './support/synth.ts';

/** Resources with data or a well-known address: no deployment may ever replace them. */
const STATEFUL = {
  'AWS::DynamoDB::Table': ['WebhooksEventsTable0D67B421'],
  'AWS::SQS::Queue': ['WebhooksQueuesDeadLetterQueueD656CCFD', 'WebhooksQueuesQueue6568BDE2'],
  'AWS::SecretsManager::Secret': ['WebhooksApiKeySecret9DE71CE4', 'WebhooksSigningSecret60079FD2'],
  'AWS::ApiGatewayV2::Api': ['WebhooksEndpointApi2C8D47E9'],
  'AWS::ApiGatewayV2::Stage': ['WebhooksEndpointStage224EB989'],
  'AWS::SNS::Topic': [
    'WebhooksTopicsAlarms51EFA162',
    'WebhooksTopicsNotify29B1DA1C',
    'WebhooksTopicsPublishBFA920C8',
    'WebhooksTopicsTickets778079F9',
  ],
  'AWS::KMS::Key': ['WebhooksTopicsKey0556B865'],
};

const base = synth();

describe('upgrade', () => {
  // These ids are a contract: with another id AWS creates the resource again, empty and with a new address.
  it.each(Object.entries(STATEFUL))('an upgrade keeps the logical ids of %s', (type, ids) => {
    expect(
      ofType(base, type)
        .map(([id]) => id)
        .sort(),
    ).toEqual(ids);
  });
});

describe('synthesis', () => {
  it('a second synthesis produces the same bytes', () => {
    const synthBoth = () => {
      const app = testApp();
      addStages(app, { dev: {}, prod: everySetting });
      return app.synth().stacks.map((stack) => JSON.stringify(stack.template));
    };

    expect(synthBoth()).toEqual(synthBoth());
  });
});

describe('settings', () => {
  /** They are refused without another setting, which the stage then had before. */
  const beside: Record<string, StageSettings> = {
    closeDefaultEndpoint: { domain: everySetting.domain },
    originHeader: { domain: everySetting.domain },
  };
  const settings = Object.entries(everySetting)
    .filter(([key]) => key !== 'account' && key !== 'region')
    .map(([key, value]): [string, StageSettings] => [key, { [key]: value }]);

  it.each([...settings, ['all at once', everySetting]] as [string, StageSettings][])(
    'a changed setting changes the template and replaces nothing stateful: %s',
    (name, changed) => {
      // Act
      const had = beside[name];
      const before = had ? synth(had) : base;
      const template = synth({ ...had, ...changed });

      // Assess: also on the way back.
      expect(replacements(before, template)).toEqual([]);
      expect(replacements(template, before)).toEqual([]);
      if (!('protectData' in changed) && !('rules' in changed)) {
        expect(diffTemplate(before, template).differenceCount).toBeGreaterThan(0);
      }
    },
  );

  const key = 'arn:aws:kms:eu-central-1:123456789012:key/55555555-5555-4555-8555-555555555555';
  const another = 'arn:aws:kms:eu-central-1:123456789012:key/66666666-6666-4666-8666-666666666666';
  const keys: Record<string, StageSettings> = {
    none: {},
    'one that is created': { encryptionKey: 'create' },
    'one by ARN': { encryptionKey: key, previousEncryptionKeys: ['create'] },
    'another by ARN': { encryptionKey: another, previousEncryptionKeys: ['create', key] },
    'none again': { previousEncryptionKeys: ['create', another] },
  };
  const changes = Object.keys(keys).flatMap((from) => Object.keys(keys).map((to) => [from, to] as const));

  const { encryptionKey, previousEncryptionKeys, region, account, ...others } = everySetting;
  const besideKey: Record<string, StageSettings> = { 'no other setting': {}, 'every other setting': others };
  const made = new Map<string, Template>();
  const templateWith = (name: string, given: string): Template => {
    const id = `${name}, ${given}`;
    const template = made.get(id) ?? synth({ ...besideKey[given], ...keys[name] });
    made.set(id, template);
    return template;
  };
  const everyChange = Object.keys(besideKey).flatMap((given) =>
    changes.map(([from, to]) => [from, to, given] as const),
  );

  it.each(everyChange)(
    'a changed encryption key replaces nothing: from %s to %s, with %s',
    (from, to, given) => {
      expect(replacements(templateWith(from, given), templateWith(to, given), isLasting)).toEqual([]);
    },
  );

  it("a key by ARN takes the stack's own away once it is no longer named, and nothing else", () => {
    const [own] = STATEFUL['AWS::KMS::Key'];

    expect(replacements(synth(keys['one by ARN']), synth({ encryptionKey: key }))).toEqual([
      `${own}: ${ResourceImpact.WILL_ORPHAN}`,
    ]);
  });

  it('a changed setting that replaces the table is detected', () => {
    const broken = structuredClone(base);
    const [table] = STATEFUL['AWS::DynamoDB::Table'] as [string];
    (broken.Resources[table] as { Properties: object }).Properties = { TableName: 'named' };

    expect(replacements(base, broken)).toEqual([`${table}: ${ResourceImpact.WILL_REPLACE}`]);
  });
});

const stateful = new Set(Object.values(STATEFUL).flat());
type IsKept = (id: string, change: { resourceType?: string | undefined }) => boolean;
const isStateful: IsKept = (id) => stateful.has(id);

/** Whether a resource must outlast a change of the key: all but permissions, and versions of functions. */
const isLasting: IsKept = (_, { resourceType }) =>
  !['AWS::IAM::Policy', 'AWS::Lambda::Version'].includes(resourceType ?? '');

/** Stateful resources that a deployment from one template to the other would replace or delete. */
function replacements(from: Template, to: Template, isKept: IsKept = isStateful): string[] {
  const harmless = [ResourceImpact.WILL_UPDATE, ResourceImpact.NO_CHANGE];
  return Object.entries(diffTemplate(from, to).resources.changes)
    .filter(([id, change]) => isKept(id, change) && !harmless.includes(change.changeImpact))
    .map(([id, { changeImpact }]) => `${id}: ${changeImpact}`);
}
