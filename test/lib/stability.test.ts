import { diffTemplate, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { describe, expect, it } from 'vitest';
import { addStages } from '../../lib/add-stages.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { everySetting } from './support/settings.ts';
import { ofType, synth, type Template, testApp } from './support/synth.ts';

/** What holds data or what others know by its address: no deployment may ever replace it. */
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
  ],
  'AWS::KMS::Key': ['WebhooksTopicsKey0556B865'],
};

const base = synth();

describe('a deployment of another release', () => {
  // These ids are a contract: a change here makes AWS create the resource anew, empty and under another address.
  it.each(Object.entries(STATEFUL))('%s keeps its logical ids', (type, ids) => {
    expect(
      ofType(base, type)
        .map(([id]) => id)
        .sort(),
    ).toEqual(ids);
  });
});

describe('a second synth', () => {
  it('is the same to the byte', () => {
    const synthBoth = () => {
      const app = testApp();
      addStages(app, { dev: {}, prod: everySetting });
      return app.synth().stacks.map((stack) => JSON.stringify(stack.template));
    };

    expect(synthBoth()).toEqual(synthBoth());
  });
});

describe('a change of a setting', () => {
  const settings = Object.entries(everySetting)
    .filter(([key]) => key !== 'account' && key !== 'region')
    .map(([key, value]): [string, StageSettings] => [key, { [key]: value }]);

  it.each([...settings, ['all at once', everySetting]] as [string, StageSettings][])('%s', (_, changed) => {
    // Act
    const template = synth(changed);

    // Assess: it does something, there and back, and replaces nothing that must stay.
    expect(replacements(base, template)).toEqual([]);
    expect(replacements(template, base)).toEqual([]);
    if (!('protectData' in changed) && !('rules' in changed)) {
      expect(diffTemplate(base, template).differenceCount).toBeGreaterThan(0);
    }
  });

  it('is seen where it would replace something', () => {
    const broken = structuredClone(base);
    const [table] = STATEFUL['AWS::DynamoDB::Table'] as [string];
    (broken.Resources[table] as { Properties: object }).Properties = { TableName: 'named' };

    expect(replacements(base, broken)).toEqual([`${table}: ${ResourceImpact.WILL_REPLACE}`]);
  });
});

/** Stateful resources that going from one template to the other would not leave as they are. */
function replacements(from: Template, to: Template): string[] {
  const stateful = new Set(Object.values(STATEFUL).flat());
  const harmless = [ResourceImpact.WILL_UPDATE, ResourceImpact.NO_CHANGE];
  return Object.entries(diffTemplate(from, to).resources.changes)
    .filter(([id, { changeImpact }]) => stateful.has(id) && !harmless.includes(changeImpact))
    .map(([id, { changeImpact }]) => `${id}: ${changeImpact}`);
}
