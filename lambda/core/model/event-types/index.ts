import type { Reported } from '../../../rules/rule.ts';
import { ownCompletion } from '../completion.ts';
import type { EventItem } from '../event.ts';
import type { Key } from '../table.ts';
import { type DownedMachines, downedMachines } from './downed-machines.ts';
import type { Announced, EventType, ReportedCompletion, Subject } from './event-type.ts';
import { type OtherEvent, other } from './other.ts';
import { type RunComplete, runComplete } from './run-complete.ts';

export type { Announced, Facts, Judgement, ReportedCompletion, Subject } from './event-type.ts';
export { asObject, isObject, type Payload, printable } from './payload.ts';
export type { RunComplete } from './run-complete.ts';

/** Events whose type is known by more than its name. */
type KnownEvent = RunComplete | DownedMachines;

/** An event that leads to actions, by its `type`: the verifier found what they need. Every `received` event is one. */
export type ActionableEvent = KnownEvent | OtherEvent;

/** An entry for each type that is known; `other` stands for all that are not. */
type EventTypes = { [T in KnownEvent['type']]: EventType<Extract<KnownEvent, { type: T }>> };

/** The compiler asks for a type that is missing here, and for what an entry lacks. */
const EVENT_TYPES: EventTypes = { run_complete: runComplete, downed_machines: downedMachines };

/** The types whose payload is known; a webhook may be of any other type, too. */
export const EVENT_TYPE_NAMES: readonly string[] = Object.keys(EVENT_TYPES);

const isKnown = (type: string): type is keyof EventTypes => Object.hasOwn(EVENT_TYPES, type);

/** Each entry is asked only about events of its own type. */
const entryOf = (type: string): EventType<EventItem> => (isKnown(type) ? EVENT_TYPES[type] : other);

/** How webhooks of a type are read, judged and distinguished. */
export const doorOf = (type: string): Pick<EventType<EventItem>, 'facts' | 'judge' | 'identity'> =>
  entryOf(type);

export const isActionable = (event: EventItem): event is ActionableEvent =>
  entryOf(event.type).isActionable(event);

/** Whether an event reports the end of a run, rather than being all that it reports. */
export const isAboutRun = (event: ActionableEvent): event is RunComplete => event.type === 'run_complete';

export const subjectOf = (event: ActionableEvent): Subject => entryOf(event.type).subject(event);

export const reportedCompletion = (event: ActionableEvent): ReportedCompletion =>
  entryOf(event.type).completion(event);

export const readReported = (event: ActionableEvent, payload: unknown): Reported | undefined =>
  entryOf(event.type).read(payload, event);

export const announcedOf = (event: ActionableEvent, apiUrl: string): Announced =>
  entryOf(event.type).announce(event, apiUrl);

/** Key of a completion of what an event is about. */
export const completionKeyFor = (event: ActionableEvent, completion: string): Key => ({
  pk: subjectOf(event).pk,
  sk: completion,
});

/** Key of the completion that an event reports, its own while no other is known; for showing it. */
export function shownCompletionKeyOf(event: EventItem): Key | undefined {
  if (!isActionable(event)) return undefined;
  return completionKeyOf(event) ?? completionKeyFor(event, ownCompletion(event.event_id));
}

/** Key of the completion that an event reports; undefined while that is not known. */
export function completionKeyOf(event: EventItem): Key | undefined {
  if (!isActionable(event)) return undefined;
  const reported = reportedCompletion(event);
  return reported.kind === 'known' ? completionKeyFor(event, reported.completion) : undefined;
}
