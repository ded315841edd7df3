import { describe, expect, it } from 'vitest';
import { setApiKey, setSigningSecret } from '../../ops/secrets/set.ts';
import { useStage } from './support/use-stage.ts';

const [first, second] = ['A', 'B'].map(
  (letter) => `whsec_${Buffer.from(letter.repeat(24)).toString('base64')}`,
) as [string, string];

const here = useStage();

describe('setSigningSecret', () => {
  it('setSigningSecret sets the secret, and keeps the previous one accepted when it rotates', async () => {
    expect(await setSigningSecret(here.stage, first)).toEqual({ outcome: 'set', previous: 'none' });
    expect(await setSigningSecret(here.stage, second)).toEqual({ outcome: 'rotated', previous: 'accepted' });
    expect(here.stage.secrets.value('signing', 'AWSPREVIOUS')).toBe(first);
  });

  it('setSigningSecret keeps the real previous secret if the same value is set twice', async () => {
    await setSigningSecret(here.stage, first);
    await setSigningSecret(here.stage, second);
    expect(await setSigningSecret(here.stage, second)).toEqual({
      outcome: 'unchanged',
      previous: 'accepted',
    });
    expect(here.stage.secrets.value('signing', 'AWSPREVIOUS')).toBe(first);
  });

  it('setSigningSecret calls no previous secret accepted in a stage without a grace period', async () => {
    const stage = { ...here.stage, outputs: { ...here.stage.outputs, previousSecretGraceDays: 0 } };
    await setSigningSecret(stage, first);
    expect(await setSigningSecret(stage, second)).toEqual({ outcome: 'rotated', previous: 'none' });
  });

  it('setSigningSecret revokes the previous secret if asked to', async () => {
    await setSigningSecret(here.stage, first);
    const result = await setSigningSecret(here.stage, second, { revokePrevious: true });
    expect(result).toEqual({ outcome: 'rotated', previous: 'revoked' });
    expect(here.stage.secrets.value('signing', 'AWSPREVIOUS')).toBeUndefined();
    expect(here.stage.secrets.value('signing', 'AWSCURRENT')).toBe(second);
  });

  it.each(['whsec_', 'CHANGE-ME', '{"secret":"whsec_AAAA"}', 'cd_key'])(
    'setSigningSecret refuses %j without quoting it',
    async (value) => {
      const error = await setSigningSecret(here.stage, value).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ name: 'BadArgument' });
      expect((error as Error).message).not.toContain(value === 'whsec_' ? 'whsec_AAAA' : value);
      expect(here.stage.secrets.value('signing', 'AWSCURRENT')).toBeUndefined();
    },
  );
});

describe('setApiKey', () => {
  it('setApiKey sets a key, and refuses one that cannot be a header without quoting it', async () => {
    expect(await setApiKey(here.stage, 'cd_1')).toMatchObject({ outcome: 'set' });
    const error = await setApiKey(here.stage, 'two words').catch((thrown: Error) => thrown);
    expect((error as Error).message).not.toContain('two words');
    expect(here.stage.secrets.value('api-key', 'AWSCURRENT')).toBe('cd_1');
  });
});
