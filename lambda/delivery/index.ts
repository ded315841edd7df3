/** What code that events are delivered to imports. */
export type { TerminalStatus } from '../cyberdesk/run-status.ts';
export type { DownedMachinesEvent, RunCompletedEvent } from '../cyberdesk/types.ts';
export { ExactNumber } from '../json/exact-number.ts';
export type { MachinesDownEvent } from '../rules/events.ts';
export type { FinishedEvent, FinishedRun } from '../rules/rule.ts';
export type {
  Delivered,
  DeliveredBytes,
  DeliveredReference,
  DeliveredWhole,
  DeliveryAttributes,
} from './delivered.ts';
export { EventGoneError, NotDeliveredError, readEvent } from './read-event.ts';
