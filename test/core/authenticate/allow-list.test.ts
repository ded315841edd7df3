import { expect, it } from 'vitest';
import { allowList } from '../../../lambda/core/authenticate/allow-list.ts';

it('an empty allow-list allows every address', () => {
  expect(allowList([])('198.51.100.9')).toBe(true);
});

it('the allow-list accepts ranges and single addresses, IPv4 and IPv6', () => {
  const isAllowed = allowList(['203.0.113.0/24', '192.0.2.7', '2001:db8:64:8000::/56']);

  expect(isAllowed('203.0.113.255')).toBe(true);
  expect(isAllowed('203.0.114.0')).toBe(false);
  expect(isAllowed('192.0.2.7')).toBe(true);
  expect(isAllowed('192.0.2.8')).toBe(false);
  expect(isAllowed('2001:db8:64:80ff::1')).toBe(true);
  expect(isAllowed('2001:db8:64:8100::1')).toBe(false);
});

it('the allow-list refuses text that is not an address', () => {
  expect(allowList(['203.0.113.0/24'])('203.0.113.9, 198.51.100.1')).toBe(false);
  expect(allowList(['203.0.113.0/24'])('')).toBe(false);
});
