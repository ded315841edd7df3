import type { Services } from '../emulators/services.ts';
import { Schedules } from '../event-source/schedule.ts';
import { eventSources } from '../event-source/start.ts';
import type { IamAuthorizer } from '../front/iam.ts';
import type { LocalRun, RunState } from '../running.ts';
import type { Foundation, Reporting } from './foundation.ts';

/** Event sources and schedules. */
export function startTriggers(
  { options, cleanup }: Foundation,
  services: Services,
  parts: Pick<RunState, 'stack' | 'functions' | 'faults'> & {
    authorizer: IamAuthorizer;
    warn: Reporting['warn'];
  },
): Pick<LocalRun, 'isBusy' | 'sweep'> {
  const { stack, functions, faults, authorizer, warn } = parts;
  const { aws, longPollSeconds, backend } = services;
  const { redeliverySeconds, triggers = true } = options;
  const deps = { stack, aws, authorizer, functions, faults, warn, longPollSeconds, redeliverySeconds };
  const pollers = eventSources(deps);
  const schedules = new Schedules(stack, (fn, payload) => functions.invoke(fn, payload));
  if (triggers) {
    for (const poller of pollers) poller.start();
    schedules.start();
  }
  // Undone in reverse order: no new work, then the sandboxes, then what they call.
  const stopPolling = () => Promise.all(pollers.map((poller) => poller.stop()));
  const closeBackend = () => backend.close();
  // The built-in queues cancel their long polls when they close; an external emulator is left when polling has ended.
  const isBuiltIn = options.awsEndpoint === undefined;
  for (const step of isBuiltIn ? [stopPolling, closeBackend] : [closeBackend, stopPolling]) cleanup.add(step);
  cleanup.add(() => functions.stop());
  cleanup.add(() => {
    for (const poller of pollers) poller.end();
    schedules.stop();
  });
  return {
    isBusy: () => functions.busy || pollers.some((poller) => poller.busy),
    sweep: () => schedules.runNow(),
  };
}
