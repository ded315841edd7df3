import type { DescribedNetwork } from './network-account.ts';

/** How EC2's XML names its lists. */
const LISTS: Readonly<Record<string, string>> = {
  ...{ Subnets: 'subnetSet', RouteTables: 'routeTableSet', VpcEndpoints: 'vpcEndpointSet' },
  ...{ SecurityGroups: 'securityGroupInfo', Routes: 'routeSet', Associations: 'associationSet' },
  ...{ NetworkAcls: 'networkAclSet', Entries: 'entrySet' },
  ...{ Groups: 'groupSet', RouteTableIds: 'routeTableIdSet', UserIdGroupPairs: 'groups' },
};

/** The answer of EC2 to `Describe…`, with everything that there is of it, whatever the filters. */
export function describeXml(action: string, network: DescribedNetwork): string | undefined {
  const key = action.replace(/^Describe/, '');
  const list = Object.entries(network).find(([name]) => name === key);
  return list && `<${action}Response>${xmlOf(list[1], key)}</${action}Response>`;
}

function xmlOf(value: unknown, key: string): string {
  const tag = LISTS[key] ?? `${key.charAt(0).toLowerCase()}${key.slice(1)}`;
  return `<${tag}>${contentOf(value)}</${tag}>`;
}

function contentOf(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => `<item>${contentOf(one)}</item>`).join('');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, one]) => xmlOf(one, key))
    .join('');
}
