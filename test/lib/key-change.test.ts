import { describe, expect, it } from 'vitest';
import { checkKeyChange } from '../../bin/before-deploy/checks/key-change.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { ACCOUNT, account, placeIn, REGION, STACK } from '../deploy/support.ts';
import { synth } from './support/synth.ts';

describe('checkKeyChange', () => {
  const one = `arn:aws:kms:${REGION}:${ACCOUNT}:key/55555555-5555-4555-8555-555555555555`;
  const two = one.replaceAll('5', '6');
  const deployed = (settings: StageSettings) => JSON.stringify(synth(settings, 'prod'));
  const change = async (from: StageSettings, settings: StageSettings) =>
    checkKeyChange(placeIn(account({ GetTemplate: { TemplateBody: deployed(from) } }), settings));

  it.each<[string, StageSettings, StageSettings]>([
    ['from none to none', {}, {}],
    ['from none to one that is created', {}, { encryptionKey: 'create' }],
    ['from none to one by ARN', {}, { encryptionKey: one, previousEncryptionKeys: ['create'] }],
    ['that stays', { encryptionKey: one }, { encryptionKey: one }],
    ['to another', { encryptionKey: one }, { encryptionKey: two, previousEncryptionKeys: [one] }],
    ['to none', { encryptionKey: 'create' }, { previousEncryptionKeys: ['create'] }],
  ])('a key %s may be deployed', async (_, from, to) => {
    expect(await change(from, to)).toEqual([]);
  });

  it.each<[string, StageSettings, StageSettings, string]>([
    ['from none to one by ARN', {}, { encryptionKey: one }, 'create'],
    ['from one that was created to none', { encryptionKey: 'create' }, {}, 'create'],
    ['from one to another', { encryptionKey: one }, { encryptionKey: two }, one],
    ['from one by ARN to none', { encryptionKey: one }, {}, one],
  ])('a key that is forgotten is a problem: %s', async (_, from, to, lost) => {
    expect(await change(from, to)).toMatchObject([
      {
        state: 'problem',
        text: `${STACK} is encrypted with ${lost}, which the settings no longer name`,
        next: expect.stringContaining(`add to previousEncryptionKeys: '${lost}'`),
      },
    ]);
  });
});
