import type { Worker, WorkerSettings } from '../../lambda/core/completion/worker.ts';
import type { EventItem } from '../../lambda/core/model/index.ts';
import type { Verdict } from '../../lambda/core/process/finish-event.ts';
import type { SettlePorts } from '../../lambda/core/process/index.ts';
import type { Message } from '../../lambda/core/process/process-message.ts';
import type { ReceivePorts } from '../../lambda/core/receive/receive.ts';
import type { SweepPorts } from '../../lambda/core/sweep/index.ts';
import type { CyberdeskModel } from './model/cyberdesk.ts';
import type { QueueModel } from './model/queue.ts';
import type { SecretsModel } from './model/secrets.ts';
import type { TableModel } from './model/table.ts';
import type { Oracle } from './oracle.ts';
import type { Rng } from './rng.ts';
import type { Sandbox } from './sandbox.ts';
import type { Scheduler } from './scheduler.ts';

/** A bug that is planted by replacing a port, or by wrapping the core. */
export interface Plant {
  worker?(worker: Worker, world: WorldParts, eventId: string): Worker;
  verifier?(ports: ReceivePorts): ReceivePorts;
  sweeper?(ports: SweepPorts): SweepPorts;
  settler?(ports: SettlePorts, world: WorldParts, event: EventItem): SettlePorts;
  handle?(worker: Worker, message: Message, world: WorldParts): Promise<Verdict>;
  /** Cyberdesk breaks an assumption about it, in milliseconds. */
  assumed?: { keyLife?: number; listedWithin?: number; skew?: number; datesAnswers?: boolean };
  /** Settings of the stage that differ. */
  settings?: Partial<WorkerSettings>;
  /** What Secrets Manager answers for the signing secret. */
  signingSecret?(value: string): string;
}

export interface Profile {
  /** Only outages and pauses, which must not send any event to the dead-letter queue. */
  calm: boolean;
  /** Probability of a fault at each request, and the most there may be. */
  rate: number;
  budget: number;
  /** Latencies, clocks and double deliveries are fixed. */
  fixed: boolean;
}

/** The parts of a world that processes and plants reach. */
export interface WorldParts {
  readonly rng: Rng;
  readonly scheduler: Scheduler;
  readonly table: TableModel;
  readonly queue: QueueModel;
  readonly deadLetters: QueueModel;
  readonly secrets: SecretsModel;
  readonly api: CyberdeskModel;
  readonly oracle: Oracle;
  readonly profile: Profile;
  readonly plant: Plant;
  /** Rules after a deploy that changed them. */
  readonly repaired: boolean;
  note(who: string, what: () => string): void;
  move(name: string): void;
  newSandbox(kind: string): Sandbox;
  unexpected(error: unknown): void;
}
