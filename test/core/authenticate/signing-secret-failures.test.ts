import { beforeEach, describe, expect, it } from 'vitest';
import { SigningSecretCache } from '../../../lambda/core/authenticate/signing-secret.ts';
import { DAY, MINUTE } from '../../../lambda/core/model/time.ts';
import { TestSecrets } from '../support/secrets.ts';
import { TestSystem } from '../support/system.ts';

const key = (name: string) => `whsec_${Buffer.from(name.padEnd(24, '.')).toString('base64')}`;
const ID = 'signing';

let system: TestSystem;
let secrets: TestSecrets;
let cache: SigningSecretCache;
const setCurrent = (value: string) => secrets.set(`${ID}#AWSCURRENT`, value);
const setPrevious = (value: string) => secrets.set(`${ID}#AWSPREVIOUS`, value);

beforeEach(() => {
  system = new TestSystem();
  secrets = new TestSecrets();
  cache = new SigningSecretCache({ secretId: ID, cache: 5 * MINUTE, previousGrace: 7 * DAY }, system);
});

it('the cache keeps its keys when a fetch fails, and does not retry at once', async () => {
  setCurrent(key('known'));
  await cache.keys(secrets);
  secrets.failing = true;
  system.time += 5 * MINUTE;

  expect(await cache.keys(secrets)).toEqual({ current: key('known') });

  system.time += MINUTE;

  await cache.keys(secrets);

  expect(secrets.requests).toBe(4);

  secrets.failing = false;
  system.time += 4 * MINUTE;
  setCurrent(key('next'));

  expect(await cache.keys(secrets)).toEqual({ current: key('next') });
});

it('the cache keeps its keys when access to the current one is denied', async () => {
  setCurrent(key('known'));
  setPrevious(key('older'));

  const known = await cache.keys(secrets);

  expect(known).toEqual({ current: key('known'), previous: key('older') });

  secrets.values.set(`${ID}#AWSCURRENT`, { kind: 'denied' });
  system.time += 5 * MINUTE;

  expect(await cache.keys(secrets)).toEqual(known);

  setCurrent(key('next'));
  system.time += 5 * MINUTE;

  expect(await cache.keys(secrets)).toMatchObject({ current: key('next') });
});

it('the cache works without the previous key when access to it is denied', async () => {
  setCurrent(key('known'));
  secrets.values.set(`${ID}#AWSPREVIOUS`, { kind: 'denied' });

  expect(await cache.keys(secrets)).toEqual({ current: key('known') });
});

describe('a previous key that cannot be read', () => {
  const PREVIOUS = `${ID}#AWSPREVIOUS`;
  const HOW: Record<string, () => void> = {
    denied: () => void secrets.values.set(PREVIOUS, { kind: 'denied' }),
    unanswered: () => void secrets.broken.add(PREVIOUS),
  };

  it.each(Object.entries(HOW))(
    'a previous key that is %s does not keep the first one away',
    async (_, fail) => {
      setCurrent(key('known'));
      fail();

      expect(await cache.keys(secrets)).toEqual({ current: key('known') });
    },
  );

  it.each(Object.entries(HOW))(
    'a known previous key that is %s stays valid until it expires',
    async (_, fail) => {
      setPrevious(key('older'));
      setCurrent(key('known'));
      await cache.keys(secrets);
      fail();
      system.time += 7 * DAY - 1;

      expect(await cache.keys(secrets)).toEqual({ current: key('known'), previous: key('older') });

      system.time += 1;

      expect(await cache.keys(secrets)).toEqual({ current: key('known') });
    },
  );

  it.each(Object.entries(HOW))(
    'the key that a new one replaces is the previous one if that is %s',
    async (_, fail) => {
      setPrevious(key('older'));
      setCurrent(key('known'));
      await cache.keys(secrets);
      fail();
      system.time += DAY;
      secrets.set(`${ID}#AWSCURRENT`, key('next'), 'v2', system.time);

      expect(await cache.refetched(secrets)).toEqual({ current: key('next'), previous: key('known') });

      system.time += 7 * DAY;

      expect(await cache.keys(secrets)).toEqual({ current: key('next') });
    },
  );
});

it('fetches of a first key that is denied are limited like those of one that is not set', async () => {
  secrets.values.set(`${ID}#AWSCURRENT`, { kind: 'denied' });

  for (let forged = 0; forged < 100; forged += 1) expect(await cache.keys(secrets)).toEqual({});
  expect(secrets.requests).toBe(4);
});

it('an error of the first fetch is thrown', async () => {
  secrets.failing = true;
  await expect(cache.keys(secrets)).rejects.toThrow('down');
});
