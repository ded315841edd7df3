import type { Finding } from '../../../ops/doctor/check.ts';
import { aclFaults } from '../network/acls.ts';
import { groupFaults, namingFaults, wayOutFaults } from '../network/faults.ts';
import { neededServices } from '../network/needed-services.ts';
import { readNetwork } from '../network/read-network.ts';
import { serviceFaults } from '../network/service-faults.ts';
import type { Place } from '../place.ts';

/** Whether the functions get from their subnets to all that they call, as far as that can be seen before they exist. */
export async function checkNetwork({ settings, more, region, partition }: Place): Promise<Finding[]> {
  const { vpc } = settings;
  if (!vpc) return [];
  const network = await readNetwork(more.ec2, vpc);
  const named = namingFaults(network, vpc);
  if (named.some(({ state }) => state === 'problem')) return named;
  return [
    ...named,
    ...groupFaults(network, vpc, region),
    ...aclFaults(network, region),
    ...wayOutFaults(network, region),
    ...neededServices(settings).flatMap((service) =>
      serviceFaults(network, service, { vpc, region, partition }),
    ),
  ];
}
