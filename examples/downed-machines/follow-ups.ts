import { type DownMachine, followUps, notify, publish } from 'cyberdesk-webhooks/rules';

/** Machines on which night runs depend, by the beginning of their names. */
const CRITICAL = ['front-desk', 'pharmacy'];

const isCritical = ({ name }: DownMachine): boolean =>
  CRITICAL.some((prefix) => name?.startsWith(prefix) ?? false);

export default followUps({
  name: 'page-on-call',
  event: 'downed_machines',
  actions: ({ event }) =>
    event.machines.some(isCritical)
      ? notify('Critical Cyberdesk machines are down')
      : publish({ severity: 'ticket' }),
});
