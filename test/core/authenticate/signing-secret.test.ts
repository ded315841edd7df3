import { beforeEach, describe, expect, it } from 'vitest';
import { isSigningSecret } from '../../../lambda/core/authenticate/secret-form.ts';
import { SigningSecretCache } from '../../../lambda/core/authenticate/signing-secret.ts';
import { DAY, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { START, TestSecrets, TestSystem } from '../kit.ts';

const key = (name: string) => `whsec_${Buffer.from(name.padEnd(24, '.')).toString('base64')}`;
const ID = 'signing';

let system: TestSystem;
let secrets: TestSecrets;
let cache: SigningSecretCache;
const current = (value: string, createdAt = START) => secrets.set(`${ID}#AWSCURRENT`, value, 'v', createdAt);
const previous = (value: string, createdAt = START) =>
  secrets.set(`${ID}#AWSPREVIOUS`, value, 'v', createdAt);

beforeEach(() => {
  system = new TestSystem();
  secrets = new TestSecrets();
  cache = new SigningSecretCache({ secretId: ID, cache: 5 * MINUTE, previousGrace: 7 * DAY }, system);
});

describe('isSigningSecret', () => {
  it('takes whsec_ and base64', () => expect(isSigningSecret(key('a'))).toBe(true));

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
  ])('never takes %j', (value) => expect(isSigningSecret(value)).toBe(false));
});

describe('SigningSecretCache', () => {
  it('has no key while the secret is empty or holds something else', async () => {
    expect(await cache.keys(secrets)).toEqual({});
    current('a note');
    previous('placeholder');
    system.time += MINUTE;
    expect(await cache.keys(secrets)).toEqual({});
  });

  it('asks for both versions once per cache time', async () => {
    current(key('new'));
    previous(key('old'));
    expect(await cache.keys(secrets)).toEqual({ current: key('new'), previous: key('old') });
    system.time += 5 * MINUTE - 1;
    await cache.keys(secrets);
    expect(secrets.asked).toBe(2);
    system.time += 1;
    await cache.keys(secrets);
    expect(secrets.asked).toBe(4);
  });

  it('holds requests without any key to the refetch interval', async () => {
    await cache.keys(secrets);
    // The first fetch was due anyway: who has just set the secret need not wait.
    await cache.keys(secrets);
    expect(secrets.asked).toBe(4);
    system.time += 5 * SECOND - 1;
    await cache.keys(secrets);
    expect(secrets.asked).toBe(4);
    current(key('set'));
    system.time += 1;
    expect(await cache.keys(secrets)).toEqual({ current: key('set') });
  });

  it('lets the previous key count within its grace only, also from the cache', async () => {
    current(key('new'), START);
    previous(key('old'));
    system.time = START + 7 * DAY - 1;
    expect(await cache.keys(secrets)).toHaveProperty('previous');
    system.time += 1;
    expect(await cache.keys(secrets)).toEqual({ current: key('new') });
    system.time += 5 * MINUTE;
    expect(await cache.keys(secrets)).toEqual({ current: key('new') });
  });

  it('counts the grace from the rotation, and not from when the previous key was made', async () => {
    current(key('new'), START);
    previous(key('old'), START - 30 * DAY);
    system.time = START + 7 * DAY - 1;
    expect(await cache.keys(secrets)).toEqual({ current: key('new'), previous: key('old') });
  });

  it('counts it so even when the previous key is the younger: the labels were moved back', async () => {
    current(key('old'), START - 30 * DAY);
    previous(key('new'), START);
    expect(await cache.keys(secrets)).toEqual({ current: key('old') });
  });

  it('has nothing left when only a previous key was there and its grace is over', async () => {
    current('broken', START);
    previous(key('old'));
    expect(await cache.keys(secrets)).toEqual({ previous: key('old') });
    system.time = START + 7 * DAY;
    expect(await cache.keys(secrets)).toEqual({});
  });

  it('asks again after a mismatch, at most once per interval', async () => {
    current(key('old'));
    await cache.keys(secrets);
    current(key('new'));
    // Even right after a cold start's fetch.
    expect(await cache.refetched(secrets)).toEqual({ current: key('new') });
    current(key('newest'));
    expect(await cache.refetched(secrets)).toBeUndefined();
    system.time += 5 * SECOND - 1;
    for (let forged = 0; forged < 100; forged += 1) await cache.refetched(secrets);
    expect(secrets.asked).toBe(4);
  });

  it('says so when nothing changed', async () => {
    current(key('same'));
    await cache.keys(secrets);
    system.time += MINUTE;
    expect(await cache.refetched(secrets)).toBeUndefined();
    previous(key('older'));
    system.time += MINUTE;
    expect(await cache.refetched(secrets)).toEqual({ current: key('same'), previous: key('older') });
  });

  it('keeps what it knows when a fetch fails, and does not ask at once again', async () => {
    current(key('known'));
    await cache.keys(secrets);
    secrets.failing = true;
    system.time += 5 * MINUTE;
    expect(await cache.keys(secrets)).toEqual({ current: key('known') });
    system.time += MINUTE;
    await cache.keys(secrets);
    expect(secrets.asked).toBe(4);
    secrets.failing = false;
    system.time += 4 * MINUTE;
    current(key('next'));
    expect(await cache.keys(secrets)).toEqual({ current: key('next') });
  });

  it('keeps the key that it knows where the current one may not be read', async () => {
    current(key('known'));
    previous(key('older'));
    const known = await cache.keys(secrets);
    expect(known).toEqual({ current: key('known'), previous: key('older') });
    secrets.values.set(`${ID}#AWSCURRENT`, { kind: 'denied' });
    system.time += 5 * MINUTE;
    expect(await cache.keys(secrets)).toEqual(known);
    current(key('next'));
    system.time += 5 * MINUTE;
    expect(await cache.keys(secrets)).toMatchObject({ current: key('next') });
  });

  it('does without the previous key where only that may not be read', async () => {
    current(key('known'));
    secrets.values.set(`${ID}#AWSPREVIOUS`, { kind: 'denied' });
    expect(await cache.keys(secrets)).toEqual({ current: key('known') });
  });

  it('asks no more often for a first key that may not be read than for one that is not set', async () => {
    secrets.values.set(`${ID}#AWSCURRENT`, { kind: 'denied' });
    for (let forged = 0; forged < 100; forged += 1) expect(await cache.keys(secrets)).toEqual({});
    expect(secrets.asked).toBe(4);
  });

  it('throws what the first fetch threw', async () => {
    secrets.failing = true;
    await expect(cache.keys(secrets)).rejects.toThrow('down');
  });
});
