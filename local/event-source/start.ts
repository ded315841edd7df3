import type { AwsCaller } from '../emulators/caller.ts';
import { UnsupportedTemplateError } from '../errors.ts';
import type { Faults } from '../faults/faults.ts';
import type { IamAuthorizer } from '../front/iam.ts';
import type { Functions } from '../sandbox/functions.ts';
import type { StackModel } from '../template/model.ts';
import { findFunction } from '../template/read-functions.ts';
import { Poller } from './poller.ts';

/** What the event sources of a stack work with. */
export interface EventSourceParts {
  readonly stack: StackModel;
  readonly aws: AwsCaller;
  readonly authorizer: IamAuthorizer;
  readonly functions: Functions;
  readonly faults: Faults;
  readonly longPollSeconds: number;
  /** See LocalOptions. */
  readonly redeliverySeconds: number | 'queue' | undefined;
  warn(text: string): void;
}

/** One poller for each event source of the stack, not started yet. */
export function eventSources(parts: EventSourceParts): Poller[] {
  const { stack, aws, authorizer, functions, faults, warn } = parts;
  return stack.eventSources.map((source) => {
    const fn = findFunction(stack.functions, source.functionArn);
    const queue = stack.data.queues.find((candidate) => candidate.arn === source.queueArn);
    if (!queue) {
      throw new UnsupportedTemplateError(
        `the queue ${source.queueArn} (${source.logicalId})`,
        'it must be of the same stack.',
      );
    }
    const lease = Number(fn.environment.LEASE_SECONDS);
    const wanted = parts.redeliverySeconds ?? (Number.isFinite(lease) ? lease + 1 : 'queue');
    const allowed = async (operation: string) => {
      const decision = await authorizer.authorize(fn, [{ action: `sqs:${operation}`, resource: queue.arn }]);
      return decision.allowed;
    };
    return new Poller({
      source,
      queue,
      fn,
      region: stack.region,
      aws,
      faults,
      longPollSeconds: parts.longPollSeconds,
      redeliverySeconds: wanted === 'queue' ? undefined : wanted,
      allowed,
      invoke: (payload) => functions.invoke(fn, payload),
      warn,
    });
  });
}
