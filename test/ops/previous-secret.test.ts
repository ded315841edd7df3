import { describe, expect, it } from 'vitest';
import { DAY } from '../../lambda/core/model/index.ts';
import { checkSigningSecret } from '../../ops/doctor/signing-secret.ts';
import { readOutputs } from '../../ops/stage/stage.ts';
import { stackOutputs, stubAws } from './support/aws.ts';
import { useStage } from './support/use-stage.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const good = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const other = `whsec_${Buffer.alloc(24, 2).toString('base64')}`;
const BINARY = { SecretBinary: new Uint8Array([1]) };

const here = useStage();

interface Given {
  /** What `GetSecretValue` answers for the current version. */
  current: object;
  /** How long ago the current version was created, in days. */
  age: number;
  previous?: object;
  graceDays?: number;
}

/** What doctor says of a signing secret whose previous version was created 500 days ago. */
function check({ current, age, previous = { SecretString: other }, graceDays = 7 }: Given) {
  const at = (value: object, days: number) => ({ ...value, CreatedDate: new Date(NOW - days * DAY) });
  const { clients } = stubAws({
    GetSecretValue: ({ VersionStage }: Record<string, unknown>) =>
      VersionStage === 'AWSPREVIOUS' ? at(previous, 500) : at(current, age),
  });
  const outputs = { ...here.stage.outputs, previousSecretGraceDays: graceDays };
  const stage = { ...here.stage, outputs, clients: { ...here.stage.clients, secrets: clients.secrets } };
  return checkSigningSecret(stage, NOW);
}

describe('doctor and the previous signing secret', () => {
  it('doctor says until when the previous secret is accepted', async () => {
    expect(await check({ current: { SecretString: good }, age: 2 })).toMatchObject({
      state: 'ok',
      text: 'set; the previous one is accepted until 2026-11-30T12:00:00.000Z',
    });
  });

  it('doctor does not call a previous secret accepted whose grace period has ended', async () => {
    const { state, text } = await check({ current: { SecretString: good }, age: 400 });

    expect([state, text]).toEqual(['ok', 'set and well-formed']);
  });

  it.each([
    ['binary', BINARY, 'it is binary, and must be text'],
    ['malformed', { SecretString: '{"a":1}' }, 'it is JSON'],
  ])(
    'doctor says that only the previous secret verifies while the current one is %s',
    async (_, current, why) => {
      const { state, text } = await check({ current, age: 1 });

      expect(state).toBe('problem');
      expect(text).toContain('only the previous one verifies webhooks, until 2026-12-01T12:00:00.000Z');
      expect(text).toContain(why);
    },
  );

  it.each([
    ['binary', BINARY],
    ['malformed', { SecretString: '{"a":1}' }],
  ])(
    'doctor says that nothing verifies once a %s secret has outlived the grace period',
    async (_, current) => {
      const { state, text } = await check({ current, age: 400 });

      expect(state).toBe('problem');
      expect(text).toContain('no webhook can be verified');
      expect(text).toContain('the previous one has not been accepted since 2025-10-28T12:00:00.000Z');
    },
  );

  it('doctor says of a short secret, too, until when the previous one is accepted', async () => {
    const { state, text } = await check({ current: { SecretString: 'whsec_AAAA' }, age: 1 });

    expect(state).toBe('warning');
    expect(text).toContain('the previous one is accepted until 2026-12-01T12:00:00.000Z');
  });

  it('doctor knows the grace period of the stage', async () => {
    const current = { SecretString: good };

    expect((await check({ current, age: 2, graceDays: 1 })).text).toBe('set and well-formed');
    expect((await check({ current, age: 0, graceDays: 0 })).text).toBe('set and well-formed');
  });

  it('doctor mentions no previous secret that could never verify', async () => {
    const { text } = await check({ current: BINARY, age: 1, previous: { SecretString: 'a note' } });

    expect(text).toContain('no webhook can be verified');
    expect(text).not.toContain('previous');
  });
});

it.each([
  [{ PreviousSecretGraceDays: '3' }, 3],
  [{ PreviousSecretGraceDays: '0' }, 0],
  [{}, undefined],
])(
  'the grace period of a stage stands in its outputs, and is unknown where they are older: %o',
  (given, days) => {
    const outputs = Object.fromEntries(
      stackOutputs(given).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );

    expect(readOutputs('Stack', outputs).previousSecretGraceDays).toBe(days);
  },
);
