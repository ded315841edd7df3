import type { StageSettings } from '../../../lib/settings/stage-settings.ts';

/** What the functions always call, by the names of the endpoints. `docs/edge.md` says which function calls which. */
const ALWAYS = ['dynamodb', 'secretsmanager', 'sns', 'sqs'];

/** The services of AWS that the functions of a stage call. Logs, metrics, traces and queues to functions are Lambda's business. */
export function neededServices({ destinations = {} }: StageSettings): string[] {
  const kinds = new Set(Object.values(destinations).flatMap(Object.keys));
  return [
    ...ALWAYS,
    ...(kinds.has('eventBus') ? ['events'] : []),
    ...(kinds.has('handler') || kinds.has('function') ? ['lambda'] : []),
  ];
}
