import { describe, expect, it } from 'vitest';
import { addStages } from '../../lib/add-stages.ts';
import { everySetting } from './support/settings.ts';
import { synth, type Template, testApp } from './support/synth.ts';

/** Properties with which a template gives a resource a fixed name, which no other resource may have. */
const NAMING = /^(\w*Name|Id|Alias\w*)$/;

/** Fixed names in a template, each with its type and property. */
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

  it('physical names are unique in the account for alarms and the access log only', () => {
    const unique = names.filter(
      (name) => !/^AWS::CloudWatch::(Composite)?Alarm (AlarmName|MetricName) /.test(name),
    );

    expect(unique).toEqual([
      // The name of an API need not be unique; the others are scoped to their API, role or function.
      'AWS::ApiGatewayV2::Api Name CyberdeskWebhooks-dev',
      'AWS::ApiGatewayV2::Stage StageName $default',
      'AWS::IAM::Policy PolicyName WebhooksProcessorRoleDefaultPolicy6D09E46A',
      'AWS::IAM::Policy PolicyName WebhooksSweeperRoleDefaultPolicyA92FC23E',
      'AWS::IAM::Policy PolicyName WebhooksVerifierRoleDefaultPolicyA7E23C7D',
      'AWS::Lambda::Alias Name live',
      'AWS::Logs::LogGroup LogGroupName /aws/vendedlogs/apis/CyberdeskWebhooks-dev',
    ]);
  });

  it('physical names allow both stages and a copy of each in one account and region', () => {
    // Arrange
    // A domain name belongs to one stage, and both of the others need one.
    const { domain: _, closeDefaultEndpoint: _closed, originHeader: _header, ...settings } = everySetting;
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

describe('stacks', () => {
  it('a stage can be deployed to any account and region unless it sets them', () => {
    const app = testApp();
    addStages(app, { dev: {}, prod: { account: '123456789012', region: 'eu-west-1' } });

    expect(app.synth().stacks.map(({ environment }) => environment.name)).toEqual([
      'aws://unknown-account/unknown-region',
      'aws://123456789012/eu-west-1',
    ]);
  });

  it('a stage needs no context lookup in the account', () => {
    const app = testApp();
    addStages(app, { prod: everySetting });

    expect(app.synth().manifest.missing ?? []).toEqual([]);
  });

  it('a stage has termination protection if its data is protected', () => {
    const app = testApp();
    addStages(app, { dev: { protectData: false }, prod: {} });

    expect(app.synth().stacks.map(({ terminationProtection }) => terminationProtection)).toEqual([
      false,
      true,
    ]);
  });
});
