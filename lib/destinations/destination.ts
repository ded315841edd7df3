import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { DestinationOptions } from '../props.ts';

/** Where the processor may hand events to. */
export interface Deliverable {
  /** Name → ARN. */
  readonly arns: Readonly<Record<string, string>>;
  /** Name → what is built from a handler of the customer's. */
  readonly handlers: Readonly<Record<string, unknown>>;
  /** ARNs, for exact permissions. */
  readonly queues: readonly string[];
  readonly functions: readonly string[];
  readonly eventBuses: readonly string[];
  /** Keys of queues, which whoever sends must be able to use. */
  readonly queueKeys: readonly IKey[];
}

/** ARN of a destination that exists beside the construct; undefined for a handler, which the construct builds. */
export function givenArnOf(destination: DestinationOptions): string | undefined {
  if ('queue' in destination) return destination.queue.queueArn;
  if ('function' in destination) return destination.function.functionArn;
  return 'eventBus' in destination ? destination.eventBus.eventBusArn : undefined;
}
