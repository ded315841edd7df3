import type { DownedMachinesEvent } from '../cyberdesk/types.ts';
import type { WorkflowIds, Workflows } from './workflows.ts';

/** `Omit` that keeps known keys beside an index signature. */
export type Without<T, K extends PropertyKey> = {
  [Key in keyof T as string extends Key ? never : Key extends K ? never : Key]: T[Key];
};

/** What the stage and earlier follow-ups add to an event. */
export interface Surroundings<W extends Workflows = Workflows> {
  /** Id under which the event is stored and shown: the webhook's own, or Svix's if that one cannot be used. */
  event_id: string;
  /** How many follow-ups lead to this; 0 for what no rule started, and for every event that is not about a run. */
  depth: number;
  /** Stage name, `dev` or `prod`. */
  stage: string;
  /** The workflow ids of the stage settings, which differ per stage: those that the rules declare. */
  workflowIds: WorkflowIds<W>;
}

type Machine = DownedMachinesEvent['machines'][number];

/** A machine that appears to be down: its id is certain, any other field may be absent, null or new. */
export type DownMachine = Partial<Without<Machine, 'machine_id'>> & { machine_id: string };

/** The whole `downed_machines` webhook, as it was sent: only the machines are certain. */
export type MachinesDownEvent = Partial<Without<DownedMachinesEvent, 'machines'>> & {
  machines: DownMachine[];
};

/** What a rule about `downed_machines` sees. */
export interface MachinesDown<W extends Workflows = Workflows> extends Surroundings<W> {
  /** The whole webhook; `event.machines` are the machines. */
  event: MachinesDownEvent;
}

/** What a rule about an event of another type sees. */
export interface OtherEvent<W extends Workflows = Workflows, Payload = unknown> extends Surroundings<W> {
  /** The whole webhook, as it was sent: what the rule's guard says that it is. */
  event: Payload;
}
