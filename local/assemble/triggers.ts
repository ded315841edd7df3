import { setTimeout as sleep } from 'node:timers/promises';
import { processorEnvironment } from '../../lambda/environment/processor.ts';
import type { Services } from '../emulators/services.ts';
import { supported } from '../errors.ts';
import { Poller } from '../event-source/poller.ts';
import { createSchedules } from '../event-source/schedule.ts';
import type { IamAuthorizer } from '../front/iam.ts';
import type { LocalRun, RunState } from '../running.ts';
import type { EventSourceModel } from '../template/model.ts';
import { findFunction } from '../template/read-functions.ts';
import type { Foundation, Reporting } from './foundation.ts';

type Parts = Pick<RunState, 'functions' | 'faults'> & {
  authorizer: IamAuthorizer;
  warn: Reporting['warn'];
};

export function startTriggers(
  { options, cleanup }: Foundation,
  services: Services,
  parts: Parts,
): Pick<LocalRun, 'isBusy' | 'sweep' | 'drain'> {
  const { functions } = parts;
  const { backend, stack } = services;
  const { redeliverySeconds, triggers = true } = options;
  const pollers = stack.eventSources.map((source) => pollerOf(source, services, parts, redeliverySeconds));
  const schedules = createSchedules(stack, (fn, payload) => functions.invoke(fn, payload));
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
  const end = () => {
    for (const poller of pollers) poller.end();
    schedules.stop();
  };
  cleanup.add(end);
  const isBusy = () => functions.busy || pollers.some((poller) => poller.busy);
  return {
    isBusy,
    sweep: () => schedules.runNow(),
    async drain() {
      end();
      while (isBusy()) await sleep(10);
    },
  };
}

/** The poller of an event source, not started yet. @param redeliverySeconds see LocalOptions */
function pollerOf(
  source: EventSourceModel,
  { stack, aws, longPollSeconds }: Services,
  { authorizer, functions, faults, warn }: Parts,
  redeliverySeconds: number | 'queue' | undefined,
): Poller {
  const fn = findFunction(stack.functions, source.functionArn);
  const queue = supported(
    stack.data.queues.find((candidate) => candidate.arn === source.queueArn),
    `the queue ${source.queueArn} (${source.logicalId})`,
    'use a queue of the same stack',
  );
  const lease = Number(fn.environment[processorEnvironment.lease.name]);
  const seconds = redeliverySeconds ?? (Number.isFinite(lease) ? lease + 1 : 'queue');
  return new Poller({
    aws,
    faults,
    longPollSeconds,
    warn,
    source,
    queue,
    fn,
    region: stack.region,
    redeliverySeconds: seconds === 'queue' ? undefined : seconds,
    async allowed(operation) {
      const grant = { action: `sqs:${operation}`, resource: queue.arn };
      return (await authorizer.authorize(fn, [grant])) === undefined;
    },
    invoke: (payload) => functions.invoke(fn, payload),
  });
}
