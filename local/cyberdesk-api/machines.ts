import type { MachinesHealth } from '../../lambda/cyberdesk/types.ts';
import type { OperationDeps, Reply } from './call.ts';

/** The machine that does the runs of the fake; it never fails. */
const HEALTHY = 1;

/** As of machines that are connected and do not respond. */
export function checkMachines({ store }: Pick<OperationDeps, 'store'>): Reply {
  const errored_machines = [...store.downedMachines.values()].map(({ machine_id, name, reason }) => ({
    machine_id,
    machine_name: name ?? null,
    error: reason,
    status_code: 504,
  }));
  const isHealthy = errored_machines.length === 0;
  const body: MachinesHealth = {
    status: isHealthy ? 'ok' : 'error',
    scope: 'organization',
    checked_machines: HEALTHY + errored_machines.length,
    healthy_machines: HEALTHY,
    errored_machines,
    message: isHealthy ? 'All machines are healthy' : 'Some machines do not respond',
  };
  return { status: isHealthy ? 200 : 503, body };
}
