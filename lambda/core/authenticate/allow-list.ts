import { BlockList, isIP } from 'node:net';

/**
 * Allow-list of source addresses, from CIDR ranges (`203.0.113.0/24`, `2001:db8::/56`) and single addresses.
 * An empty list allows every address: Svix publishes its addresses, but not every plan has fixed ones.
 */
export function allowList(ranges: readonly string[]): (address: string) => boolean {
  if (ranges.length === 0) return () => true;
  const allowed = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) allowed.addAddress(address, family);
    else allowed.addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && allowed.check(address, version === 6 ? 'ipv6' : 'ipv4');
  };
}
