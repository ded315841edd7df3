import { expect, it } from 'vitest';
import { allowList, viewerAddress } from '../../../lambda/core/authenticate/index.ts';

it.each([
  ['203.0.113.7:46532', '203.0.113.7'],
  ['2001:db8::7:46532', '2001:db8::7'],
  ['2001:0db8:0000:0000:0000:0000:0000:0007:46532', '2001:0db8:0000:0000:0000:0000:0000:0007'],
  ['[2001:db8::7]:46532', '2001:db8::7'],
])('the address of the viewer in %s has no port', (header, address) => {
  expect(viewerAddress(header)).toBe(address);
  expect(allowList(['203.0.113.0/24', '2001:db8::/64'])(viewerAddress(header))).toBe(true);
});

it.each([undefined, '', ':1', 'nonsense', '203.0.113.7:1,198.51.100.1:2'])(
  'a header without one address is in no allow-list: %s',
  (header) => {
    expect(allowList(['203.0.113.0/24'])(viewerAddress(header))).toBe(false);
  },
);
