import { describe, expect, it } from 'vitest';
import { addStages } from '../../lib/add-stages.ts';
import { everySetting } from './support/settings.ts';
import { synth, type Template, testApp } from './support/synth.ts';

/** Properties by which a template gives a resource a name of its own choice, which nothing else may bear. */
const NAMING = /^(\w*Name|Id|Alias\w*)$/;

/** Names that a template gives, with what gives them. */
const physicalNames = (template: Template): string[] =>
  Object.values(template.Resources)
    .flatMap(({ Type, Properties }) =>
      Object.entries(Properties)
        .filter(([property, value]) => NAMING.test(property) && typeof value === 'string')
        .map(([property, value]) => `${Type} ${property} ${value}`),
    )
    .sort();

describe('physical names', () => {
  const names = physicalNames(synth());

  it('are given to alarms and to the access log, and only part of something to others', () => {
    const unique = names.filter((name) => !/^AWS::CloudWatch::Alarm (AlarmName|MetricName) /.test(name));

    expect(unique).toEqual([
      // An API's name may be given twice; the others count within their API, role or function only.
      'AWS::ApiGatewayV2::Api Name CyberdeskWebhooks-dev',
      'AWS::ApiGatewayV2::Stage StageName $default',
      'AWS::IAM::Policy PolicyName WebhooksProcessorRoleDefaultPolicy6D09E46A',
      'AWS::IAM::Policy PolicyName WebhooksSweeperRoleDefaultPolicyA92FC23E',
      'AWS::IAM::Policy PolicyName WebhooksVerifierRoleDefaultPolicyA7E23C7D',
      'AWS::Lambda::Alias Name live',
      'AWS::Logs::LogGroup LogGroupName /aws/vendedlogs/apis/CyberdeskWebhooks-dev',
    ]);
  });

  it('let both stages and a second copy of each live in one account and region', () => {
    // Arrange
    const { domain: _, ...settings } = everySetting;
    const app = testApp();
    addStages(app, { dev: settings, prod: settings });
    addStages(app, { dev: { ...settings, name: 'copy' }, prod: { ...settings, name: 'copy' } });

    // Act
    const { stacks } = app.synth();

    // Assess
    const inAccount = /Alarm AlarmName|LogGroupName/;
    const names = stacks.flatMap((stack) =>
      physicalNames(stack.template).filter((name) => inAccount.test(name)),
    );
    expect(stacks.map(({ stackName }) => stackName).sort()).toEqual([
      'CyberdeskWebhooks-copy-dev',
      'CyberdeskWebhooks-copy-prod',
      'CyberdeskWebhooks-dev',
      'CyberdeskWebhooks-prod',
    ]);
    expect(names.length).toBeGreaterThan(40);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('where a stage is deployed', () => {
  it('is open unless it names account and region', () => {
    const app = testApp();
    addStages(app, { dev: {}, prod: { account: '123456789012', region: 'eu-west-1' } });

    expect(app.synth().stacks.map(({ environment }) => environment.name)).toEqual([
      'aws://unknown-account/unknown-region',
      'aws://123456789012/eu-west-1',
    ]);
  });

  it('needs no look-up in the account', () => {
    const app = testApp();
    addStages(app, { prod: everySetting });

    expect(app.synth().manifest.missing ?? []).toEqual([]);
  });

  it('a protected stage cannot be deleted by accident', () => {
    const app = testApp();
    addStages(app, { dev: { protectData: false }, prod: {} });

    expect(app.synth().stacks.map(({ terminationProtection }) => terminationProtection)).toEqual([
      false,
      true,
    ]);
  });
});
