import { describe, expect, it } from 'vitest';
import { addStages } from '../../lib/add-stages.ts';
import { checkStage } from '../../lib/settings/check.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { stages as deployPage } from './support/deploy-page.ts';
import { everySetting } from './support/settings.ts';
import { synth, testApp } from './support/synth.ts';

const { domain } = everySetting;

describe('invalid stages', () => {
  const none = /^stages: must contain at least one stage/;
  const cases: [string, unknown, RegExp][] = [
    ['no stages at all', undefined, none],
    ['an empty record', {}, none],
    ['a stage that is null', { dev: null }, /^stage "dev": settings: must be object \(got null\)/],
    ['a stage that is a string', { dev: 'eu' }, /^stage "dev": settings: must be object \(got "eu"\)/],
    [
      'a setting that would rename the stage',
      { dev: { stage: 'prod' } },
      /^stage "dev": stage: is not a known setting/,
    ],
    [
      'two stages with the same stack name',
      { b: { name: 'a' }, 'a-b': {} },
      /^stage "a-b": name: results in the stack name CyberdeskWebhooks-a-b, which stage "b" already has/,
    ],
  ];

  it.each(cases)('stages fail with one line: %s', (_, stages, expected) => {
    const act = () => addStages(testApp(), stages as Record<string, StageSettings>);

    expect(act).toThrowError(expect.objectContaining({ name: 'SettingsError' }));
    expect(act).toThrowError(expected);
    expect(act).not.toThrowError(/\n/);
  });
});

describe('valid settings', () => {
  it('a stage can have every setting of the interface', () => {
    expect(() => checkStage('dev', everySetting)).not.toThrow();
    for (const [stage, settings] of Object.entries(deployPage)) {
      expect(() => checkStage(stage, settings)).not.toThrow();
    }
  });

  it('a stage can omit every setting', () => {
    expect(() => checkStage('dev', {})).not.toThrow();
  });

  it('a stage can have a domain with the same name as its zone', () => {
    expect(() => synth({ domain: { ...domain, domainName: 'example.com' } })).not.toThrow();
  });
});
