import type { StageSettings } from '../../../lib/settings/stage-settings.ts';

/**
 * What the functions call of each service, by the names of the endpoints. `docs/edge.md` says which function calls which.
 * What Lambda does in their name (it takes messages from the queue and deletes them) goes another way.
 */
export const CALLED = {
  dynamodb: ['GetItem', 'PutItem', 'Query', 'BatchGetItem'],
  secretsmanager: ['GetSecretValue'],
  sns: ['Publish'],
  sqs: ['SendMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'],
  events: ['PutEvents'],
  lambda: ['InvokeFunction'],
} as const;

export type Service = keyof typeof CALLED;

/** The services of AWS that the functions of a stage call. Logs, metrics, traces and queues to functions are Lambda's business. */
export function neededServices({ destinations = {} }: StageSettings): Service[] {
  const kinds = new Set(Object.values(destinations).flatMap(Object.keys));
  return [
    ...(['dynamodb', 'secretsmanager', 'sns', 'sqs'] as const),
    ...(kinds.has('eventBus') ? (['events'] as const) : []),
    ...(kinds.has('handler') || kinds.has('function') ? (['lambda'] as const) : []),
  ];
}
