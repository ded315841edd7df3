import { describe, expect, it } from 'vitest';
import { actionKey, sha256, uuidV5 } from '../../../lambda/core/model/keys.ts';

describe('uuidV5', () => {
  it('uuidV5 agrees with the example of RFC 9562, A.4', () => {
    const dns = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');
    expect(uuidV5('www.example.com', dns)).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('uuidV5 never changes its namespace, so that keys stay the same across releases', () => {
    expect(uuidV5('a')).toBe('bfd808d5-0141-5472-a541-d825efe9b010');
  });
});

describe('actionKey', () => {
  const identity = {
    installation: 'i',
    subject: 'r',
    completion: 'c',
    rule: 'x',
    position: 0,
    generation: 0,
  };

  it('an action key differs when any part of its identity differs, and only then', () => {
    const keys = [
      identity,
      { ...identity, installation: 'j' },
      { ...identity, subject: 's' },
      { ...identity, completion: 'd' },
      { ...identity, rule: 'y' },
      { ...identity, position: 1 },
      { ...identity, generation: 1 },
      { ...identity, subject: 'r","c', completion: 'x' },
    ].map(actionKey);

    expect(new Set(keys).size).toBe(keys.length);
    expect(actionKey({ ...identity })).toBe(keys[0]);
    expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

it('sha256 returns hexadecimal digits', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
