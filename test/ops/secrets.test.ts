import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setApiKey, setSigningSecret } from '../../ops/secrets/set.ts';
import { type Emulators, startEmulators } from './support/emulators.ts';
import { createStage, type TestStage } from './support/stage.ts';

const [first, second] = ['A', 'B'].map(
  (letter) => `whsec_${Buffer.from(letter.repeat(24)).toString('base64')}`,
) as [string, string];

let emulators: Emulators;
let stage: TestStage;
beforeAll(async () => {
  emulators = await startEmulators();
});
afterAll(() => emulators.stop());
beforeEach(async () => {
  stage = await createStage(emulators);
});

describe('the signing secret', () => {
  it('is set, and rotated with the one before still accepted', async () => {
    expect(await setSigningSecret(stage, first)).toEqual({ outcome: 'set', previous: 'none' });
    expect(await setSigningSecret(stage, second)).toEqual({ outcome: 'rotated', previous: 'accepted' });
    expect(stage.secrets.value('signing', 'AWSPREVIOUS')).toBe(first);
  });

  it('set twice keeps the true previous one', async () => {
    await setSigningSecret(stage, first);
    await setSigningSecret(stage, second);
    expect(await setSigningSecret(stage, second)).toEqual({ outcome: 'unchanged', previous: 'accepted' });
    expect(stage.secrets.value('signing', 'AWSPREVIOUS')).toBe(first);
  });

  it('before it is revoked when asked for', async () => {
    await setSigningSecret(stage, first);
    const result = await setSigningSecret(stage, second, { revokePrevious: true });
    expect(result).toEqual({ outcome: 'rotated', previous: 'revoked' });
    expect(stage.secrets.value('signing', 'AWSPREVIOUS')).toBeUndefined();
    expect(stage.secrets.value('signing', 'AWSCURRENT')).toBe(second);
  });

  it.each(['whsec_', 'CHANGE-ME', '{"secret":"whsec_AAAA"}', 'cd_key'])(
    'is never %j, and the error does not quote it',
    async (value) => {
      const error = await setSigningSecret(stage, value).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ name: 'BadArgument' });
      expect((error as Error).message).not.toContain(value === 'whsec_' ? 'whsec_AAAA' : value);
      expect(stage.secrets.value('signing', 'AWSCURRENT')).toBeUndefined();
    },
  );
});

describe('the API key', () => {
  it('is set, and refused when it can be no header', async () => {
    expect(await setApiKey(stage, 'cd_1')).toMatchObject({ outcome: 'set' });
    const error = await setApiKey(stage, 'two words').catch((thrown: Error) => thrown);
    expect((error as Error).message).not.toContain('two words');
    expect(stage.secrets.value('api-key', 'AWSCURRENT')).toBe('cd_1');
  });
});
