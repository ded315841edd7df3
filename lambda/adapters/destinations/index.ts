import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Delivery, DeliveryOutcome, Destinations } from '../../core/model/index.ts';
import type { DestinationArns } from '../../environment/destinations.ts';
import { endedBy, type Machine } from '../system.ts';
import { partsOf } from './arn.ts';
import { putOnBus } from './event-bus.ts';
import { invokeFunction } from './function.ts';
import { sendToQueue } from './queue.ts';

export interface DestinationClients {
  sqs: Pick<SQSClient, 'send'>;
  lambda: Pick<LambdaClient, 'send'>;
  eventBridge: Pick<EventBridgeClient, 'send'>;
}

/**
 * The customer's own queues, functions and buses.
 *
 * @param signal Aborts every call.
 */
export const awsDestinations = (
  clients: DestinationClients,
  arns: DestinationArns,
  machine: Machine,
  signal: AbortSignal,
): Destinations => ({
  deliver: (delivery, limit) =>
    deliverTo(clients, arns[delivery.destination] ?? '', delivery, endedBy(machine, limit, signal)),
});

/** Whoever delivers has looked the name up in the same settings. */
function deliverTo(
  { sqs, lambda, eventBridge }: DestinationClients,
  arn: string,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  switch (partsOf(arn).service) {
    case 'sqs':
      return sendToQueue(sqs, arn, delivery, signal);
    case 'lambda':
      return invokeFunction(lambda, arn, delivery, signal);
    case 'events':
      return putOnBus(eventBridge, arn, delivery, signal);
    default:
      return Promise.resolve({ kind: 'refused' });
  }
}
