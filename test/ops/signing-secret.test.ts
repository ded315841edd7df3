import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { checkWebhookSecret, generateWebhookSecret } from '../../local/emulators/seed.ts';
import { checkSigningSecret } from '../../ops/doctor/signing-secret.ts';
import { setApiKey, setSigningSecret } from '../../ops/secrets/set.ts';
import { stubAws } from './support/aws.ts';
import { useStage } from './support/use-stage.ts';

const key = (bytes: number) => `whsec_${Buffer.alloc(bytes, 251).toString('base64')}`;
const good = key(24);
const WRONG: [string, string, RegExp][] = [
  ['JSON', `{"secret":"${good}"}`, /is JSON/],
  ['quoted', `"${good}"`, /quotes/],
  ['without its prefix', good.slice(6), /prefix/],
  ['asymmetric', good.replace('whsec_', 'whpk_'), /asymmetric/],
  ['URL-safe base64', good.replaceAll('+', '-').replaceAll('/', '_'), /URL-safe/],
];
const ODD: [string, string, RegExp][] = [
  ['too short', key(23), /too short or truncated/],
  ['truncated', key(32).slice(0, -2), /truncated/],
  ['too long', key(76), /too long/],
];

const here = useStage();

describe('secret set', () => {
  it.each([...WRONG, ...ODD])(
    'secret set refuses a secret that is %s, says so, and does not quote it',
    async (_, value, words) => {
      const error = await setSigningSecret(here.stage, value).catch((thrown: Error) => thrown);

      expect(error).toMatchObject({ name: 'BadArgument', message: expect.stringMatching(words) });
      expect((error as Error).message).not.toContain(value);
      expect(here.stage.secrets.value('signing', 'AWSCURRENT')).toBeUndefined();
    },
  );

  it.each([24, 75])('secret set takes a key of %i bytes', async (bytes) => {
    expect(await setSigningSecret(here.stage, key(bytes))).toMatchObject({ outcome: 'set' });
  });
});

describe('WEBHOOK_SECRET', () => {
  it.each([...WRONG, ...ODD])('WEBHOOK_SECRET may not be %s', (_, value, words) => {
    expect(() => checkWebhookSecret(value)).toThrow(words);
  });
});

describe('api-key set', () => {
  it.each([
    ['a signing secret', good, /signing secret, not an API key/],
    ['a key in double quotes', '"cd_key"', /quotes/],
    ['a key in single quotes', "'cd_key'", /quotes/],
    ['a key with one quote', 'cd_key"', /quotes/],
    ['a key in JSON', '{"CYBERDESK_API_KEY":"cd_key"}', /JSON/],
  ])('api-key set refuses %s, and does not quote it', async (_, value, words) => {
    const error = await setApiKey(here.stage, value).catch((thrown: Error) => thrown);

    expect(error).toMatchObject({ name: 'BadArgument', message: expect.stringMatching(words) });
    expect((error as Error).message).not.toContain(value);
    expect(here.stage.secrets.value('api-key', 'AWSCURRENT')).toBeUndefined();
  });
});

describe('doctor', () => {
  /** The stage with a secret that was set in the AWS console, where nothing is checked. */
  const at = (secret: object) => {
    const { clients } = stubAws({
      GetSecretValue: { VersionId: 'v', ...secret },
    });
    return { ...here.stage, clients: { ...here.stage.clients, secrets: clients.secrets } };
  };

  it.each(WRONG)(
    'doctor reports a secret that is %s as malformed, and does not show it',
    async (_, value, words) => {
      const finding = await checkSigningSecret(at({ SecretString: value }));

      expect(finding).toMatchObject({ state: 'problem', text: expect.stringMatching(/malformed/) });
      expect(finding.text).toMatch(words);
      expect(JSON.stringify(finding)).not.toContain(good.slice(6));
    },
  );

  it.each(ODD)('doctor warns of a secret that is %s, which verifies', async (_, value, words) => {
    const finding = await checkSigningSecret(at({ SecretString: value }));

    expect(finding).toMatchObject({ state: 'warning', text: expect.stringMatching(words) });
  });

  it('doctor reports a binary secret as malformed', async () => {
    const finding = await checkSigningSecret(at({ SecretBinary: new Uint8Array([1]) }));

    expect(finding).toMatchObject({ state: 'problem', text: expect.stringMatching(/malformed.*binary/) });
  });

  it.each([
    [[good, '{}'], 'problem', /only the previous one verifies/],
    [['{}', '"a"'], 'problem', /no webhook can be verified/],
    [['{}', good], 'ok', /well-formed/],
    [[good, generateWebhookSecret()], 'ok', /previous one is accepted/],
  ])('doctor judges a previous signing secret as the verifier does: case %#', async (values, state, text) => {
    for (const SecretString of values)
      await here.stage.clients.secrets.send(new PutSecretValueCommand({ SecretId: 'signing', SecretString }));

    expect(await checkSigningSecret(here.stage)).toMatchObject({ state, text: expect.stringMatching(text) });
  });

  it('doctor is content with white space around a secret, which the verifier trims', async () => {
    expect(await checkSigningSecret(at({ SecretString: ` ${good}\n` }))).toMatchObject({ state: 'ok' });
  });
});
