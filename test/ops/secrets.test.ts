import { describe, expect, it } from 'vitest';
import { setApiKey, setSigningSecret } from '../../ops/secrets/set.ts';
import { awsError } from './support/aws.ts';
import { run } from './support/command.ts';
import type { TestStage } from './support/stage.ts';
import { useStage } from './support/use-stage.ts';

const [first, second] = ['A', 'B'].map(
  (letter) => `whsec_${Buffer.from(letter.repeat(24)).toString('base64')}`,
) as [string, string];

const here = useStage();

/** The stage while Secrets Manager throttles one kind of call. */
function unableTo(operation: string): TestStage {
  const { secrets } = here.stage.clients;
  const send = async (command: object) => {
    if (command.constructor.name === `${operation}Command`) throw awsError('ThrottlingException');
    return secrets.send(command as never);
  };
  return { ...here.stage, clients: { ...here.stage.clients, secrets: { send } } } as unknown as TestStage;
}

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

  it('setSigningSecret succeeds if it cannot be read whether a previous secret is accepted', async () => {
    await setSigningSecret(here.stage, first);

    expect(await setSigningSecret(unableTo('DescribeSecret'), second)).toEqual({
      outcome: 'rotated',
      previous: 'unknown',
      unread: 'AWS is throttling these calls',
    });
    expect(here.stage.secrets.value('signing', 'AWSPREVIOUS')).toBe(first);
  });

  it('setSigningSecret says that the secret is set if the previous one cannot be revoked, and how to do that alone', async () => {
    await setSigningSecret(here.stage, first);
    const setting = setSigningSecret(unableTo('UpdateSecretVersionStage'), second, { revokePrevious: true });

    await expect(setting).rejects.toMatchObject({
      name: 'PreviousNotRevoked',
      problem:
        'the signing secret is set, but the previous one could not be revoked: AWS is throttling these calls',
      next: 'npx --no cyberdesk-webhooks secret revoke-previous --stage dev',
    });
    expect(here.stage.secrets.value('signing', 'AWSCURRENT')).toBe(second);
  });

  it('secret set says that the secret is set, and that the previous one is unknown', async () => {
    await setSigningSecret(here.stage, first);
    const stage = unableTo('DescribeSecret');
    const { code, out } = await run(['secret', 'set'], { connect: async () => stage, input: second });

    expect([code, out]).toEqual([
      0,
      'signing secret replaced. Whether a previous one is accepted could not be read (AWS is throttling these calls). The functions use it within five minutes.\n',
    ]);
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
