import { UnsupportedTemplateError } from '../errors.ts';
import type { IamAuthorizer } from '../front/iam.ts';
import type { Functions } from '../sandbox/functions.ts';
import type { StackModel } from '../template/model.ts';
import { findFunction } from '../template/read-functions.ts';
import { Poller, type PollerDeps } from './poller.ts';

/** What the event sources of a stack work with. */
export interface EventSourceDeps extends Pick<PollerDeps, 'aws' | 'faults' | 'longPollSeconds' | 'warn'> {
  readonly stack: StackModel;
  readonly authorizer: IamAuthorizer;
  readonly functions: Functions;
  /** See LocalOptions. */
  readonly redeliverySeconds: number | 'queue' | undefined;
}

/** One poller for each event source of the stack, not started yet. */
export function eventSources(deps: EventSourceDeps): Poller[] {
  const { stack, authorizer, functions, redeliverySeconds, ...shared } = deps;
  return stack.eventSources.map((source) => {
    const fn = findFunction(stack.functions, source.functionArn);
    const queue = stack.data.queues.find((candidate) => candidate.arn === source.queueArn);
    if (!queue) {
      throw new UnsupportedTemplateError(
        `the queue ${source.queueArn} (${source.logicalId})`,
        'use a queue of the same stack',
      );
    }
    const lease = Number(fn.environment.LEASE_SECONDS);
    const seconds = redeliverySeconds ?? (Number.isFinite(lease) ? lease + 1 : 'queue');
    return new Poller({
      ...shared,
      source,
      queue,
      fn,
      region: stack.region,
      redeliverySeconds: seconds === 'queue' ? undefined : seconds,
      async allowed(operation) {
        const grant = { action: `sqs:${operation}`, resource: queue.arn };
        return (await authorizer.authorize(fn, [grant])).allowed;
      },
      invoke: (payload) => functions.invoke(fn, payload),
    });
  });
}
