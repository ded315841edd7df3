import { beforeEach, expect, it } from 'vitest';
import { isSigningSecret } from '../../../lambda/core/authenticate/secret-form.ts';
import { SigningSecretCache } from '../../../lambda/core/authenticate/signing-secret.ts';
import { DAY, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { TestSecrets } from '../support/secrets.ts';
import { START, TestSystem } from '../support/system.ts';

const key = (name: string) => `whsec_${Buffer.from(name.padEnd(24, '.')).toString('base64')}`;
const ID = 'signing';

let system: TestSystem;
let secrets: TestSecrets;
let cache: SigningSecretCache;
const setCurrent = (value: string, createdAt = START) =>
  secrets.set(`${ID}#AWSCURRENT`, value, 'v', createdAt);
const setPrevious = (value: string, createdAt = START) =>
  secrets.set(`${ID}#AWSPREVIOUS`, value, 'v', createdAt);

beforeEach(() => {
  system = new TestSystem();
  secrets = new TestSecrets();
  cache = new SigningSecretCache({ secretId: ID, cache: 5 * MINUTE, previousGrace: 7 * DAY }, system);
});

it('a signing secret is whsec_ followed by base64', () => expect(isSigningSecret(key('a'))).toBe(true));

it.each([
  '',
  'whsec_',
  'whsec_???',
  'replace-me',
  'WHSEC_QUJD',
  ' whsec_QUJD',
  'whsec_QUJD\n',
  'whsec_QUJD=====',
  '{"secret":"whsec_QUJD"}',
  'QUJDREVGRw==',
  'whsec_A',
])('%j is not a signing secret', (value) => expect(isSigningSecret(value)).toBe(false));

it('the cache has no key while the secret is empty or holds something else', async () => {
  expect(await cache.keys(secrets)).toEqual({});

  setCurrent('a note');
  setPrevious('placeholder');
  system.time += MINUTE;

  expect(await cache.keys(secrets)).toEqual({});
});

it('the cache fetches both versions once per cache time', async () => {
  setCurrent(key('new'));
  setPrevious(key('old'));

  expect(await cache.keys(secrets)).toEqual({ current: key('new'), previous: key('old') });

  system.time += 5 * MINUTE - 1;

  await cache.keys(secrets);

  expect(secrets.requests).toBe(2);

  system.time += 1;

  await cache.keys(secrets);

  expect(secrets.requests).toBe(4);
});

it('fetches without a key are limited to one per refetch interval', async () => {
  await cache.keys(secrets);

  // The first fetch was due anyway, so a secret that was just set is used at once.
  await cache.keys(secrets);

  expect(secrets.requests).toBe(4);

  system.time += 5 * SECOND - 1;

  await cache.keys(secrets);

  expect(secrets.requests).toBe(4);

  setCurrent(key('set'));
  system.time += 1;

  expect(await cache.keys(secrets)).toEqual({ current: key('set') });
});

it('the previous key is valid within its grace period only, from the cache too', async () => {
  setCurrent(key('new'), START);
  setPrevious(key('old'));
  system.time = START + 7 * DAY - 1;

  expect(await cache.keys(secrets)).toHaveProperty('previous');

  system.time += 1;
  expect(await cache.keys(secrets)).toEqual({ current: key('new') });

  system.time += 5 * MINUTE;
  expect(await cache.keys(secrets)).toEqual({ current: key('new') });
});

it('the grace period begins with the rotation, not when the previous key was made', async () => {
  setCurrent(key('new'), START);
  setPrevious(key('old'), START - 30 * DAY);
  system.time = START + 7 * DAY - 1;

  expect(await cache.keys(secrets)).toEqual({ current: key('new'), previous: key('old') });
});

it('the grace period begins with the current version even if the previous key is younger', async () => {
  setCurrent(key('old'), START - 30 * DAY);
  setPrevious(key('new'), START);

  expect(await cache.keys(secrets)).toEqual({ current: key('old') });
});

it('no key is left when only the previous one was set and its grace period is over', async () => {
  setCurrent('broken', START);
  setPrevious(key('old'));

  expect(await cache.keys(secrets)).toEqual({ previous: key('old') });

  system.time = START + 7 * DAY;
  expect(await cache.keys(secrets)).toEqual({});
});

it('the cache fetches again after a mismatch, at most once per interval', async () => {
  setCurrent(key('old'));
  await cache.keys(secrets);
  setCurrent(key('new'));

  // Even right after the fetch of a cold start.
  expect(await cache.refetched(secrets)).toEqual({ current: key('new') });

  setCurrent(key('newest'));
  expect(await cache.refetched(secrets)).toBeUndefined();

  system.time += 5 * SECOND - 1;
  for (let forged = 0; forged < 100; forged += 1) await cache.refetched(secrets);

  expect(secrets.requests).toBe(4);
});

it('a refetch returns nothing when no key has changed', async () => {
  setCurrent(key('same'));
  await cache.keys(secrets);
  system.time += MINUTE;

  expect(await cache.refetched(secrets)).toBeUndefined();

  setPrevious(key('older'));
  system.time += MINUTE;

  expect(await cache.refetched(secrets)).toEqual({ current: key('same'), previous: key('older') });
});
