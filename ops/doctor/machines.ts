import type { MachinesHealth } from '../../lambda/cyberdesk/types.ts';
import { cyberdeskOf } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, info, ok, skipped, warning } from './check.ts';

const check = 'machines';
/** How many of those that do not respond are named. */
const MOST_NAMED = 5;

/** Whether the machines that do the runs respond: a follow-up waits at Cyberdesk until one of them does. */
export async function checkMachines(stage: Stage): Promise<Finding> {
  const client = await cyberdeskOf(stage);
  if (!client) return skipped(check, 'not checked without an API key');
  const { data, error } = await client.machines.health();
  if (error)
    return skipped(check, `not checked, as Cyberdesk could not say how machines are: ${error.message}`);
  const { checked_machines: count, errored_machines: errored } = data;
  if (errored.length > 0) {
    return warning(
      check,
      `${errored.length} of ${count} connected machines do not respond: ${namesOf(errored)}`,
      "start Cyberdriver on them again, or see them in Cyberdesk's dashboard; runs that wait for them continue by themselves",
    );
  }
  return count > 0
    ? ok(
        check,
        count === 1 ? 'the only connected machine responds' : `all ${count} connected machines respond`,
      )
    : info(check, 'no machine is connected to Cyberdesk: runs wait until one is');
}

/** Only names and statuses: the text of an error may say anything. */
function namesOf(errored: MachinesHealth['errored_machines']): string {
  const names = errored
    .slice(0, MOST_NAMED)
    .map(({ machine_id, machine_name, status_code }) =>
      status_code ? `${machine_name ?? machine_id} (HTTP ${status_code})` : (machine_name ?? machine_id),
    );
  return names.join(', ') + (errored.length > MOST_NAMED ? ', …' : '');
}
