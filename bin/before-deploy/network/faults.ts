import type { Subnet } from '@aws-sdk/client-ec2';
import type { VpcOptions } from '../../../lib/settings/shared-options.ts';
import { type Finding, problem, warning } from '../../../ops/doctor/check.ts';
import { letsOut } from './admission.ts';
import type { Network } from './read-network.ts';
import { tableOf, type WayOut, wayOutOf } from './routes.ts';

const CHECK = 'network';

/** What the settings name and is not there, or is not of one VPC. */
export function namingFaults(
  { subnets, groups }: Network,
  { subnetIds, securityGroupIds }: VpcOptions,
): Finding[] {
  const [vpc, ...others] = new Set(subnets.map(({ VpcId }) => VpcId));
  const missing = [
    ...subnetIds.filter((id) => !subnets.some(({ SubnetId }) => SubnetId === id)),
    // Without a subnet they are not looked for.
    ...(vpc === undefined
      ? []
      : securityGroupIds.filter((id) => !groups.some(({ GroupId }) => GroupId === id))),
  ];
  if (missing.length > 0)
    return missing.map((id) => problem(CHECK, `${id} does not exist in this region`, 'correct vpc'));
  const strange = groups.filter(
    ({ GroupId = '', VpcId }) => securityGroupIds.includes(GroupId) && VpcId !== vpc,
  );
  if (others.length > 0 || strange.length > 0)
    return [
      problem(CHECK, 'the subnets and security groups are not of one VPC', 'name those of one VPC in vpc'),
    ];
  const zones = new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone));
  if (zones.size > 1) return [];
  const text = `all subnets are in ${[...zones].join()}: an outage of this zone would stop everything`;
  return [warning(CHECK, text, 'add a subnet of another zone to vpc.subnetIds')];
}

/** Whether the groups of the functions let HTTPS out. */
export function groupFaults(
  { groups }: Network,
  { securityGroupIds }: VpcOptions,
  region: string,
): Finding[] {
  const own = groups.filter(({ GroupId = '' }) => securityGroupIds.includes(GroupId));
  if (letsOut(own)) return [];
  const [id] = securityGroupIds;
  const next = `aws ec2 authorize-security-group-egress --group-id ${id} --protocol tcp --port 443 --cidr 0.0.0.0/0 --region ${region}`;
  return [problem(CHECK, `${securityGroupIds.join(', ')}: lets no HTTPS out (port 443)`, next)];
}

/** By the state of a route to everywhere: what that means for the processor's calls. */
const WITHOUT: Readonly<Record<Exclude<WayOut, 'open'>, string>> = {
  none: 'has no route to 0.0.0.0/0, so that nothing leads to api.cyberdesk.io but a proxy of yours',
  blackhole: 'has a route to 0.0.0.0/0 whose target is gone, so that nothing leads to api.cyberdesk.io',
  'internet gateway':
    'sends 0.0.0.0/0 to an internet gateway, which a function cannot use: it has no public address',
};

/** Whether the processor gets to the internet from each subnet. Only what is surely wrong is a problem: there are proxies. */
export function wayOutFaults(network: Network, region: string): Finding[] {
  return network.subnets.flatMap((subnet) => {
    const table = tableOf(subnet, network);
    const way = wayOutOf(table);
    if (way === 'open') return [];
    const text = `${subnet.SubnetId} ${WITHOUT[way]}`;
    if (way === 'internet gateway')
      return [problem(CHECK, text, 'name private subnets, whose route leads to a NAT gateway')];
    const verb = way === 'none' ? 'create-route' : 'replace-route';
    const next = `aws ec2 ${verb} --route-table-id ${table.RouteTableId} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id <NAT gateway> --region ${region}`;
    return [way === 'none' ? warning(CHECK, text, next) : problem(CHECK, text, next)];
  });
}

export const idsOf = (subnets: readonly Subnet[]): string =>
  subnets.map(({ SubnetId }) => SubnetId).join(', ');
