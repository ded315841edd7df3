import { beforeEach, describe, expect, it } from 'vitest';
import { SigningSecretCache } from '../../../lambda/core/authenticate/signing-secret.ts';
import { DAY, MINUTE } from '../../../lambda/core/model/time.ts';
import { TestSecrets } from '../support/secrets.ts';
import { START, TestSystem } from '../support/system.ts';

const key = (byte: number, bytes = 24) => `whsec_${Buffer.alloc(bytes, byte).toString('base64')}`;
const [OLD, NEW] = [key(1), key(2)];
const ID = 'signing';
const GRACE = 7 * DAY;

let system: TestSystem;
let secrets: TestSecrets;
let cache: SigningSecretCache;
const current = (value: string, createdAt = START) => secrets.set(`${ID}#AWSCURRENT`, value, 'v', createdAt);
const previous = (value: string, createdAt = START) =>
  secrets.set(`${ID}#AWSPREVIOUS`, value, 'v', createdAt);
const binary = (createdAt = START) =>
  void secrets.values.set(`${ID}#AWSCURRENT`, { kind: 'binary', createdAt });

beforeEach(() => {
  system = new TestSystem();
  secrets = new TestSecrets();
  cache = new SigningSecretCache({ secretId: ID, cache: 5 * MINUTE, previousGrace: GRACE }, system);
});

it('white space around either secret is ignored', async () => {
  current(` ${NEW}\n`);
  previous(`${OLD}\r\n`);

  expect(await cache.keys(secrets)).toEqual({ current: NEW, previous: OLD });
});

describe('the condition of the current secret', () => {
  it.each([
    ['a key', NEW, 'usable'],
    ['a key with white space around it', `\t${NEW} `, 'usable'],
    ['a short key', key(1, 8), 'odd_length'],
    ['a long key', key(1, 76), 'odd_length'],
    ['JSON', `{"secret":"${NEW}"}`, 'malformed'],
    ['white space', ' ', 'malformed'],
  ])('the condition of the current secret of %s', async (_, value, condition) => {
    current(value);
    await cache.keys(secrets);

    expect(cache.condition).toBe(condition);
  });

  it('the condition of the current secret is malformed if it is binary, not set if it is missing, denied if it may not be read', async () => {
    await cache.keys(secrets);
    expect(cache.condition).toBe('not_set');
    system.time += 5 * MINUTE;
    binary();
    await cache.keys(secrets);
    expect(cache.condition).toBe('malformed');
    system.time += 5 * MINUTE;
    secrets.values.set(`${ID}#AWSCURRENT`, { kind: 'denied' });
    await cache.keys(secrets);
    expect(cache.condition).toBe('denied');
  });

  it('the condition of the current secret is malformed while the previous key still verifies', async () => {
    current('a note');
    previous(OLD);

    expect(await cache.keys(secrets)).toEqual({ previous: OLD });
    expect(cache.condition).toBe('malformed');
  });

  it('the condition of the current secret stays what it was where a later fetch fails', async () => {
    current(key(1, 8));
    await cache.keys(secrets);
    secrets.failing = true;
    system.time += 5 * MINUTE;
    await cache.keys(secrets);

    expect(cache.condition).toBe('odd_length');
  });
});

describe('the grace of the previous key', () => {
  const lateFetches = async () => {
    // A busy sandbox fetches all the time; none of that may prolong the grace.
    for (; system.time < START + GRACE; system.time += 12 * 60 * MINUTE) await cache.keys(secrets);
    system.time = START + GRACE;
    return cache.keys(secrets);
  };

  it.each([
    ['malformed', () => current('a note')],
    ['binary', () => binary()],
  ])(
    'the grace of the previous key ends with the creation of a current value that is %s, however often that is fetched',
    async (_, set) => {
      set();
      previous(OLD, START - 30 * DAY);

      expect(await cache.keys(secrets)).toEqual({ previous: OLD });
      expect(await lateFetches()).toEqual({});
    },
  );

  it.each([
    ['missing', () => {}],
    ['not readable', () => void secrets.values.set(`${ID}#AWSCURRENT`, { kind: 'denied' })],
  ])(
    'the grace of the previous key counts from its own creation where the current one is %s',
    async (_, set) => {
      set();
      previous(OLD);

      expect(await cache.keys(secrets)).toEqual({ previous: OLD });
      expect(await lateFetches()).toEqual({});
    },
  );
});
