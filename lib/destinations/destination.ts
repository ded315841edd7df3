import type { DestinationOptions } from '../props.ts';

/** ARN of a destination that exists beside the construct; undefined for a handler, which the construct builds. */
export function givenArnOf(destination: DestinationOptions): string | undefined {
  if ('queue' in destination) return destination.queue.queueArn;
  if ('function' in destination) return destination.function.functionArn;
  return 'eventBus' in destination ? destination.eventBus.eventBusArn : undefined;
}
