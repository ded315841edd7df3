import {
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  type NetworkAcl,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { VpcOptions } from '../../../lib/settings/shared-options.ts';
import type { MoreClients } from '../place.ts';

/** What there is of a network that the settings name. */
export interface Network {
  readonly subnets: readonly Subnet[];
  /** Of the functions, and of the endpoints. */
  readonly groups: readonly SecurityGroup[];
  readonly routeTables: readonly RouteTable[];
  /** Those that are available. */
  readonly endpoints: readonly VpcEndpoint[];
  /** Of the subnets. */
  readonly acls: readonly NetworkAcl[];
}

type Ec2 = MoreClients['ec2'];

/** By filters instead of ids: what does not exist is then left out instead of refused. */
const filter = (Name: string, Values: readonly string[]) => ({ Filters: [{ Name, Values: [...Values] }] });

/** Reads the subnets and groups of the settings, and what their VPCs have. */
export async function readNetwork(ec2: Ec2, { subnetIds, securityGroupIds }: VpcOptions): Promise<Network> {
  const { Subnets: subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand(filter('subnet-id', subnetIds)),
  );
  const vpcs = [...new Set(subnets.map(({ VpcId = '' }) => VpcId))];
  if (vpcs.length === 0) return { subnets, groups: [], routeTables: [], endpoints: [], acls: [] };
  const [{ RouteTables: routeTables = [] }, { VpcEndpoints: all = [] }, { NetworkAcls: acls = [] }] =
    await Promise.all([
      ec2.send(new DescribeRouteTablesCommand(filter('vpc-id', vpcs))),
      ec2.send(new DescribeVpcEndpointsCommand(filter('vpc-id', vpcs))),
      ec2.send(new DescribeNetworkAclsCommand(filter('association.subnet-id', subnetIds))),
    ]);
  const endpoints = all.filter(({ State = '' }) => State.toLowerCase() === 'available');
  const groupIds = new Set([...securityGroupIds, ...endpoints.flatMap(groupsOf)]);
  const { SecurityGroups: groups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand(filter('group-id', [...groupIds])),
  );
  return { subnets, groups, routeTables, endpoints, acls };
}

/** Ids of the security groups of an endpoint; a gateway has none. */
export const groupsOf = ({ Groups = [] }: VpcEndpoint): string[] =>
  Groups.flatMap(({ GroupId }) => GroupId ?? []);
