import type { Reported } from '../../../rules/rule.ts';
import type { EventItem } from '../event.ts';
import type { Key } from '../table.ts';
import type { Announced, EventType, ReportedCompletion, Subject } from './event-type.ts';
import { type RunComplete, runComplete } from './run-complete.ts';

export type { Announced, Facts, Judgement, ReportedCompletion, Subject } from './event-type.ts';
export { asObject, isObject, type Payload, printable } from './payload.ts';

/** An event that leads to actions, by its `type`: the verifier found what they need. Every `received` event is one. */
export type ActionableEvent = RunComplete;

type TypeName = ActionableEvent['type'];
type EventOf<T extends TypeName> = Extract<ActionableEvent, { type: T }>;
type EventTypes = { [T in TypeName]: EventType<EventOf<T>> };

/** Every type of event. The compiler asks for a type that is missing here, and for what it lacks. */
const EVENT_TYPES = { run_complete: runComplete } satisfies EventTypes;

/** Whether rules are asked about events of this type. */
export const isEventType = (type: string): type is TypeName => Object.hasOwn(EVENT_TYPES, type);

/** How webhooks of a type are read and judged. */
export const doorOf = (type: TypeName): Pick<EventType<EventItem>, 'facts' | 'judge'> => EVENT_TYPES[type];

export const isActionable = (event: EventItem): event is ActionableEvent =>
  isEventType(event.type) && EVENT_TYPES[event.type].isActionable(event);

function typeOf<T extends TypeName>(event: EventOf<T>): EventType<EventOf<T>> {
  const types: EventTypes = EVENT_TYPES;
  return types[event.type];
}

export const subjectOf = (event: ActionableEvent): Subject => typeOf(event).subject(event);

export const reportedCompletion = (event: ActionableEvent): ReportedCompletion =>
  typeOf(event).completion(event);

export const readReported = (event: ActionableEvent, payload: unknown): Reported | undefined =>
  typeOf(event).read(payload);

export const announcedOf = (event: ActionableEvent, apiUrl: string): Announced =>
  typeOf(event).announce(event, apiUrl);

/** Key of a completion of what an event is about. */
export const completionKeyFor = (event: ActionableEvent, completion: string): Key => ({
  pk: subjectOf(event).pk,
  sk: completion,
});

/** Key of the completion that an event reports; undefined while that is not known. */
export function completionKeyOf(event: EventItem): Key | undefined {
  if (!isActionable(event)) return undefined;
  const reported = reportedCompletion(event);
  return reported.kind === 'known' ? completionKeyFor(event, reported.completion) : undefined;
}
