import { describe, expect, it } from 'vitest';
import { setApiKey, setSigningSecret } from '../../ops/secrets/set.ts';
import { useStage } from './support/use-stage.ts';

const [first, second] = ['A', 'B'].map(
  (letter) => `whsec_${Buffer.from(letter.repeat(24)).toString('base64')}`,
) as [string, string];

const here = useStage();

describe('the signing secret', () => {
  it('is set, and rotated with the one before still accepted', async () => {
    expect(await setSigningSecret(here.stage, first)).toEqual({ outcome: 'set', previous: 'none' });
    expect(await setSigningSecret(here.stage, second)).toEqual({ outcome: 'rotated', previous: 'accepted' });
    expect(here.stage.secrets.value('signing', 'AWSPREVIOUS')).toBe(first);
  });

  it('set twice keeps the true previous one', async () => {
    await setSigningSecret(here.stage, first);
    await setSigningSecret(here.stage, second);
    expect(await setSigningSecret(here.stage, second)).toEqual({
      outcome: 'unchanged',
      previous: 'accepted',
    });
    expect(here.stage.secrets.value('signing', 'AWSPREVIOUS')).toBe(first);
  });

  it('before it is revoked when asked for', async () => {
    await setSigningSecret(here.stage, first);
    const result = await setSigningSecret(here.stage, second, { revokePrevious: true });
    expect(result).toEqual({ outcome: 'rotated', previous: 'revoked' });
    expect(here.stage.secrets.value('signing', 'AWSPREVIOUS')).toBeUndefined();
    expect(here.stage.secrets.value('signing', 'AWSCURRENT')).toBe(second);
  });

  it.each(['whsec_', 'CHANGE-ME', '{"secret":"whsec_AAAA"}', 'cd_key'])(
    'is never %j, and the error does not quote it',
    async (value) => {
      const error = await setSigningSecret(here.stage, value).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ name: 'BadArgument' });
      expect((error as Error).message).not.toContain(value === 'whsec_' ? 'whsec_AAAA' : value);
      expect(here.stage.secrets.value('signing', 'AWSCURRENT')).toBeUndefined();
    },
  );
});

describe('the API key', () => {
  it('is set, and refused when it can be no header', async () => {
    expect(await setApiKey(here.stage, 'cd_1')).toMatchObject({ outcome: 'set' });
    const error = await setApiKey(here.stage, 'two words').catch((thrown: Error) => thrown);
    expect((error as Error).message).not.toContain('two words');
    expect(here.stage.secrets.value('api-key', 'AWSCURRENT')).toBe('cd_1');
  });
});
