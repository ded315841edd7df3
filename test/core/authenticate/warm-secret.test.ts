import { beforeEach, expect, it } from 'vitest';
import { SigningSecretCache } from '../../../lambda/core/authenticate/signing-secret.ts';
import { DAY, MINUTE } from '../../../lambda/core/model/time.ts';
import { TestSecrets } from '../support/secrets.ts';
import { TestSystem } from '../support/system.ts';

const KEY = `whsec_${Buffer.from('a key of 24 characters..').toString('base64')}`;
const ID = 'signing';

let system: TestSystem;
let secrets: TestSecrets;
let cache: SigningSecretCache;

beforeEach(() => {
  system = new TestSystem();
  secrets = new TestSecrets();
  secrets.set(`${ID}#AWSCURRENT`, KEY);
  cache = new SigningSecretCache({ secretId: ID, cache: 5 * MINUTE, previousGrace: 7 * DAY }, system);
});

it('the first request uses what was fetched while the sandbox started', async () => {
  cache.warm(secrets);

  expect(await cache.keys(secrets)).toEqual({ current: KEY });
  expect(secrets.requests).toBe(2);
});

it('the first request waits for a fetch that was begun while the sandbox started', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  cache.warm({
    get: async (...asked) => {
      await promise;
      return secrets.get(...asked);
    },
  });
  const keys = cache.keys(secrets);
  resolve();

  expect(await keys).toEqual({ current: KEY });
  expect(secrets.requests).toBe(2);
});

it('the first request fetches itself if the fetch at the start failed', async () => {
  secrets.failing = true;
  cache.warm(secrets);
  secrets.failing = false;

  expect(await cache.keys(secrets)).toEqual({ current: KEY });
});

it('the first request fetches itself if the sandbox was started long before', async () => {
  cache.warm(secrets);
  await cache.keys(secrets);
  secrets.values.clear();
  system.time += 5 * MINUTE;

  expect(await cache.keys(secrets)).toEqual({});
});

it('a secret that is set right after the start is found by the first request', async () => {
  secrets.values.clear();
  cache.warm(secrets);
  await cache.keys(secrets);
  secrets.set(`${ID}#AWSCURRENT`, KEY);
  system.time += 5000;

  expect(await cache.keys(secrets)).toEqual({ current: KEY });
});
