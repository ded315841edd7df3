import type { Subnet, VpcEndpoint } from '@aws-sdk/client-ec2';
import type { VpcOptions } from '../../../lib/settings/shared-options.ts';
import { type Finding, problem, warning } from '../../../ops/doctor/check.ts';
import type { Place } from '../place.ts';
import { letsIn } from './admission.ts';
import { idsOf } from './faults.ts';
import { CALLED, type Service } from './needed-services.ts';
import { policyFaults } from './policies.ts';
import { groupsOf, type Network } from './read-network.ts';
import { leadsElsewhere, tableOf, wayOutOf } from './routes.ts';

/** Whose network it is, and where. */
export interface Caller extends Pick<Place, 'region' | 'partition'> {
  readonly vpc: VpcOptions;
}

/** What keeps the functions from one service of AWS: no way to it, or an endpoint that turns them away. */
export function serviceFaults(network: Network, service: Service, caller: Caller): Finding[] {
  const endpoints = network.endpoints.filter(({ ServiceName = '' }) =>
    ServiceName.endsWith(`.${caller.region}.${service}`),
  );
  // With private names an endpoint is what every call in its VPC meets, also where there is a NAT gateway.
  const met = endpoints.filter(({ PrivateDnsEnabled }) => PrivateDnsEnabled);
  if (met.length > 0) return met.flatMap((endpoint) => closedFaults(endpoint, service, network, caller));
  const gateways = endpoints.filter((endpoint) => isGateway(endpoint) && isRouted(endpoint, network));
  const refused = gateways.flatMap((gateway) => refusals(gateway, service, caller));
  return [...refused, ...cutFaults(network, service, caller, endpoints)];
}

const refusals = (endpoint: VpcEndpoint, service: Service, { region }: Caller): Finding[] =>
  policyFaults(
    endpoint,
    CALLED[service].map((action) => `${service}:${action}`),
    region,
  );

/** Whether any of the subnets sends its calls through a gateway. */
const isRouted = ({ RouteTableIds = [] }: VpcEndpoint, network: Network): boolean =>
  network.subnets.some((subnet) => RouteTableIds.includes(tableOf(subnet, network).RouteTableId ?? ''));

/** The subnets from which nothing leads to a service. */
function cutFaults(
  network: Network,
  service: Service,
  caller: Caller,
  endpoints: readonly VpcEndpoint[],
): Finding[] {
  const cut = network.subnets.filter((subnet) => !isReached(subnet, network, endpoints));
  if (cut.length === 0) return [];
  const [nameless] = endpoints.filter((endpoint) => !isGateway(endpoint));
  if (nameless) return [withoutNames(nameless, service, caller)];
  const text = `nothing leads to ${service} from ${idsOf(cut)}: no endpoint, no NAT gateway`;
  const next = creation(service, { network, cut, caller });
  return cut.every((subnet) => leadsElsewhere(tableOf(subnet, network)))
    ? [warning('network', `${text}, unless another network of yours has one`, next)]
    : [problem('network', text, next)];
}

const isGateway = ({ VpcEndpointType }: VpcEndpoint): boolean => VpcEndpointType === 'Gateway';

function isReached(subnet: Subnet, network: Network, endpoints: readonly VpcEndpoint[]): boolean {
  const table = tableOf(subnet, network);
  if (wayOutOf(table) === 'open') return true;
  return endpoints.some(
    (endpoint) => isGateway(endpoint) && endpoint.RouteTableIds?.includes(table.RouteTableId ?? ''),
  );
}

/** What an endpoint that every call meets does not let through. */
function closedFaults(endpoint: VpcEndpoint, service: Service, network: Network, caller: Caller): Finding[] {
  const { vpc, region } = caller;
  const refused = refusals(endpoint, service, caller);
  const ids = groupsOf(endpoint);
  const groups = network.groups.filter(({ GroupId = '' }) => ids.includes(GroupId));
  if (letsIn(groups, { groupIds: vpc.securityGroupIds, subnets: network.subnets })) return refused;
  const text = `${endpoint.VpcEndpointId} (${endpoint.ServiceName}) lets no HTTPS in from ${vpc.securityGroupIds.join(', ')}`;
  const next = `aws ec2 authorize-security-group-ingress --group-id ${ids[0]} --protocol tcp --port 443 --source-group ${vpc.securityGroupIds[0]} --region ${region}`;
  return [problem('network', text, next), ...refused];
}

function withoutNames({ VpcEndpointId }: VpcEndpoint, service: string, { region }: Caller): Finding {
  return problem(
    'network',
    `${VpcEndpointId} has no private DNS names, so that calls of ${service} do not find it`,
    `aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${VpcEndpointId} --private-dns-enabled --region ${region}`,
  );
}

/** The command that creates what is missing. DynamoDB has gateways, which cost nothing; the others have none. */
function creation(
  service: string,
  { network, cut, caller }: { network: Network; cut: readonly Subnet[]; caller: Caller },
): string {
  const { region, partition, vpc } = caller;
  // Elsewhere the names begin in different ways.
  const hasUsualNames = ['aws', 'aws-us-gov'].includes(partition);
  const name = hasUsualNames ? `com.amazonaws.${region}.${service}` : `<name of ${service}>`;
  const options =
    service === 'dynamodb'
      ? `Gateway --route-table-ids ${tablesOf(cut, network).join(' ')}`
      : `Interface --private-dns-enabled --subnet-ids ${onePerZone(network.subnets).join(' ')} --security-group-ids ${vpc.securityGroupIds[0]}`;
  return `aws ec2 create-vpc-endpoint --vpc-id ${cut[0]?.VpcId} --service-name ${name} --region ${region} --vpc-endpoint-type ${options}`;
}

const tablesOf = (subnets: readonly Subnet[], network: Network): string[] => [
  ...new Set(subnets.map((subnet) => tableOf(subnet, network).RouteTableId ?? '<route table>')),
];

/** An endpoint takes one subnet of each zone. */
const onePerZone = (subnets: readonly Subnet[]): string[] => [
  ...new Map(subnets.map(({ AvailabilityZone, SubnetId = '' }) => [AvailabilityZone, SubnetId])).values(),
];
