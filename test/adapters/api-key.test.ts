import { beforeEach, describe, expect, it } from 'vitest';
import { ApiKey } from '../../lambda/adapters/api-key.ts';
import { MINUTE } from '../../lambda/core/model/time.ts';
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

  it('the API key is read again after forget()', async () => {
    set('first');
    await apiKey.get(secrets);
    set('second');
    apiKey.forget();
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

  it('the API key is served from the cache until it expires, even if the secret cannot be read', async () => {
    set('cached');
    await apiKey.get(secrets);
    secrets.failing = true;
    expect(await apiKey.get(secrets)).toBe('cached');
    system.time += 5 * MINUTE;
    await expect(apiKey.get(secrets)).rejects.toThrow('down');
  });
});
