import { beforeEach, describe, expect, it } from 'vitest';
import { ApiKey } from '../../lambda/adapters/api-key.ts';
import { MINUTE } from '../../lambda/core/model/time.ts';
import { TestSecrets, TestSystem } from '../core/kit.ts';

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
  it('is asked for once in five minutes', async () => {
    set('first');
    expect(await apiKey.get(secrets)).toBe('first');
    set('second');
    system.time += 5 * MINUTE - 1;
    expect(await apiKey.get(secrets)).toBe('first');
    expect(secrets.asked).toBe(1);
    system.time += 1;
    expect(await apiKey.get(secrets)).toBe('second');
    expect(secrets.asked).toBe(2);
  });

  it('is asked for at once when the known one is forgotten', async () => {
    set('first');
    await apiKey.get(secrets);
    set('second');
    apiKey.forget();
    expect(await apiKey.get(secrets)).toBe('second');
    expect(secrets.asked).toBe(2);
  });

  it('is asked for each time until it is set', async () => {
    expect(await apiKey.get(secrets)).toBeUndefined();
    set('set');
    expect(await apiKey.get(secrets)).toBe('set');
  });

  it('loses the blanks around it', async () => {
    set(' key\n');
    expect(await apiKey.get(secrets)).toBe('key');
  });

  it.each(['', ' ', 'two words', 'a\nb', 'schlüssel'])(
    'is never %j: no header could say it',
    async (value) => {
      set(value);
      expect(await apiKey.get(secrets)).toBeUndefined();
    },
  );

  it('that cannot be read is an error, and the known one serves until it is due', async () => {
    set('known');
    await apiKey.get(secrets);
    secrets.failing = true;
    expect(await apiKey.get(secrets)).toBe('known');
    system.time += 5 * MINUTE;
    await expect(apiKey.get(secrets)).rejects.toThrow('down');
  });
});
