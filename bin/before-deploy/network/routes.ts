import type { Route, RouteTable, Subnet } from '@aws-sdk/client-ec2';
import type { Network } from './read-network.ts';

const EVERYWHERE = '0.0.0.0/0';

/** Where a subnet's route to everywhere leads: the functions in it have no public address, which an internet gateway needs. */
export type WayOut = 'open' | 'none' | 'blackhole' | 'internet gateway';

/** A subnet without a table of its own has the main one of its VPC. */
export function tableOf(
  { SubnetId, VpcId }: Subnet,
  { routeTables }: Pick<Network, 'routeTables'>,
): RouteTable {
  const own = routeTables.find(({ Associations = [] }) =>
    Associations.some((association) => association.SubnetId === SubnetId),
  );
  const main = routeTables.find(
    (table) => table.VpcId === VpcId && table.Associations?.some(({ Main }) => Main),
  );
  return own ?? main ?? {};
}

/** @returns whether the subnets' functions get to the internet */
export function wayOutOf({ Routes = [] }: RouteTable): WayOut {
  const route = Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === EVERYWHERE);
  if (!route) return 'none';
  if (route.State === 'blackhole') return 'blackhole';
  return route.GatewayId?.startsWith('igw-') ? 'internet gateway' : 'open';
}

/** Whether a part of other networks can be reached, in which there may be endpoints that this account does not show. */
export const leadsElsewhere = ({ Routes = [] }: RouteTable): boolean =>
  Routes.some((route) => route.State !== 'blackhole' && isToOtherNetwork(route));

const isToOtherNetwork = (route: Route): boolean =>
  route.TransitGatewayId !== undefined ||
  route.VpcPeeringConnectionId !== undefined ||
  route.CoreNetworkArn !== undefined ||
  route.NetworkInterfaceId !== undefined ||
  route.GatewayId?.startsWith('vgw-') === true;
