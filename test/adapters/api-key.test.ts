import { beforeEach, describe, expect, it } from 'vitest';
import { ApiKey } from '../../lambda/adapters/api-key.ts';
import type { SecretLookup, Secrets } from '../../lambda/core/model/index.ts';
import { MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { TestSecrets } from '../core/support/secrets.ts';
import { TestSystem } from '../core/support/system.ts';

const ID = 'api-key';

let system: TestSystem;
let secrets: TestSecrets;
let apiKey: ApiKey;
const set = (value: string) => secrets.set(`${ID}#AWSCURRENT`, value);

beforeEach(() => {
  system = new TestSystem();
  secrets = new TestSecrets();
  apiKey = new ApiKey(ID, system);
});

describe('the API key', () => {
  it('the API key is read once in five minutes', async () => {
    set('first');
    expect(await apiKey.get(secrets)).toBe('first');
    set('second');
    system.time += 5 * MINUTE - 1;
    expect(await apiKey.get(secrets)).toBe('first');
    expect(secrets.requests).toBe(1);
    system.time += 1;
    expect(await apiKey.get(secrets)).toBe('second');
    expect(secrets.requests).toBe(2);
  });

  it('the API key is read again after a refusal', async () => {
    set('first');
    await apiKey.get(secrets);
    set('second');
    apiKey.readAgain();
    expect(await apiKey.get(secrets)).toBe('second');
    expect(secrets.requests).toBe(2);
  });

  it('the API key is read each time until it is set', async () => {
    expect(await apiKey.get(secrets)).toBeUndefined();
    set('set');
    expect(await apiKey.get(secrets)).toBe('set');
  });

  it('the API key is trimmed', async () => {
    set(' key\n');
    expect(await apiKey.get(secrets)).toBe('key');
  });

  it.each(['', ' ', 'two words', 'a\nb', 'schlüssel'])(
    'the API key is never %j, which cannot be a header value',
    async (value) => {
      set(value);
      expect(await apiKey.get(secrets)).toBeUndefined();
    },
  );

  it.each(['{"CYBERDESK_API_KEY":"cd_1"}', '["cd_1"]', '"cd_1"', "'cd_1'", 'whsec_AAAA', 'whsk_AAAA'])(
    'the API key is never %j, which is something else',
    async (value) => {
      set(value);
      expect(await apiKey.get(secrets)).toBeUndefined();
    },
  );

  it('an API key that cannot be read again stays in use, and the read is tried again after half a minute', async () => {
    set('cached');
    await apiKey.get(secrets);
    secrets.failing = true;
    system.time += 5 * MINUTE;
    expect(await apiKey.get(secrets)).toBe('cached');
    system.time += MINUTE / 2 - 1;
    expect(await apiKey.get(secrets)).toBe('cached');
    expect(secrets.requests).toBe(2);

    set('next');
    secrets.failing = false;
    system.time += 1;
    expect(await apiKey.get(secrets)).toBe('next');
  });

  it('the half minute until the next read of the API key begins when a read has failed', async () => {
    set('cached');
    await apiKey.get(secrets);
    system.time += 5 * MINUTE;
    let reads = 0;
    const slow: Secrets = {
      get: async () => {
        reads += 1;
        system.time += MINUTE;
        throw new Error('down');
      },
    };

    expect([await apiKey.get(slow), await apiKey.get(slow), reads]).toEqual(['cached', 'cached', 1]);
  });

  it('an API key with which one call was refused stays in use while the secret cannot be read', async () => {
    set('cached');
    await apiKey.get(secrets);
    secrets.failing = true;
    apiKey.readAgain();
    expect(await apiKey.get(secrets)).toBe('cached');
    expect(secrets.requests).toBe(2);
  });

  it('an API key that is known is read again for two seconds at most, and the first time for as long as it takes', async () => {
    const limits: unknown[] = [];
    const found = { kind: 'found', value: 'key', versionId: 'v', createdAt: 0 } as const;
    const noted: Secrets = {
      get: async (_id, _version, limit) => {
        limits.push(limit && limit.until - system.time);
        return found;
      },
    };

    await apiKey.get(noted);
    apiKey.readAgain();
    await apiKey.get(noted);

    expect(limits).toEqual([undefined, 2 * SECOND]);
  });

  it.each<SecretLookup>([{ kind: 'missing' }, { kind: 'denied' }, { kind: 'binary', createdAt: 0 }])(
    'an API key is not used any longer than five minutes after its secret has become $kind',
    async (found) => {
      set('cached');
      await apiKey.get(secrets);
      secrets.values.set(`${ID}#AWSCURRENT`, found);
      system.time += 5 * MINUTE;
      expect(await apiKey.get(secrets)).toBeUndefined();
    },
  );
});
