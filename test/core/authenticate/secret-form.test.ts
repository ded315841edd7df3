import { describe, expect, it } from 'vitest';
import { hasOddLength, isSigningSecret, secretFault } from '../../../lambda/core/authenticate/secret-form.ts';

const key = (bytes: number) => `whsec_${Buffer.alloc(bytes, 251).toString('base64')}`;
const good = key(24);

describe('secretFault', () => {
  it.each([24, 25, 26, 32, 74, 75])('secretFault finds nothing wrong with a key of %i bytes', (bytes) => {
    expect(secretFault(key(bytes))).toBeUndefined();
    expect(secretFault(` ${key(bytes)}\r\n`)).toBeUndefined();
  });

  it.each([
    ['', 'blank'],
    [' \n', 'blank'],
    [`{"secret":"${good}"}`, 'json'],
    [`["${good}"]`, 'json'],
    [`"${good}"`, 'quoted'],
    [`'${good}'`, 'quoted'],
    [`“${good}”`, 'quoted'],
    [`${good}"`, 'quoted'],
    [good.replace('whsec_', 'whsk_'), 'asymmetric'],
    [good.replace('whsec_', 'whpk_'), 'asymmetric'],
    [good.slice('whsec_'.length), 'no_prefix'],
    [good.replaceAll('+', '-').replaceAll('/', '_'), 'url_safe'],
    [key(23), 'too_short'],
    [key(3), 'too_short'],
    ['whsec_abcde', 'too_short'],
    [key(76), 'too_long'],
    [key(32).slice(0, -2), 'truncated'],
    [key(32).slice(0, -3), 'truncated'],
    ['whsec_', 'other'],
    [`WHSEC_${good.slice(6)}`, 'other'],
    [`${good} ${good}`, 'other'],
    ['CHANGE-ME', 'other'],
    [`${good.slice(0, 20)}[${good.slice(21)}`, 'other'],
    [`${good.slice(0, 20)}"${good.slice(21)}`, 'other'],
    [`${good.slice(0, 12)}whsk_${good.slice(17)}`, 'url_safe'],
    [`key: ${good.slice('whsec_'.length)}`, 'other'],
    [`${good.slice('whsec_'.length)}?`, 'other'],
    [`a whsec_${'a-b'.repeat(8)}`, 'other'],
    [`whsec_${'a-b'.repeat(8)}?`, 'other'],
    [`whsec_-${'a'.repeat(31)}`, 'url_safe'],
    [`whsec_${'a'.repeat(31)}_`, 'url_safe'],
  ])('secretFault names what is wrong with %j: %s', (value, fault) => {
    expect(secretFault(value)).toBe(fault);
  });

  it.each([1, 2, 3, 4, 10, 28])('secretFault refuses a key that lost its last %i characters', (lost) => {
    expect(secretFault(good.slice(0, -lost))).toBeDefined();
  });
});

describe('the verifier', () => {
  it.each([1, 23, 76, 100])(
    'the verifier keeps using a key of %i bytes, which has an odd length',
    (bytes) => {
      expect(isSigningSecret(key(bytes))).toBe(true);
      expect(hasOddLength(key(bytes))).toBe(true);
    },
  );

  it.each([24, 75])('the verifier finds nothing odd in a key of %i bytes', (bytes) => {
    expect(hasOddLength(key(bytes))).toBe(false);
  });
});
