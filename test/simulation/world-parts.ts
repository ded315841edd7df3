import type { SQSBatchResponse } from 'aws-lambda';
import type { Machine } from '../../lambda/adapters/system.ts';
import type { WorkerSettings } from '../../lambda/core/completion/worker.ts';
import type { EventItem } from '../../lambda/core/model/index.ts';
import type { SettlePorts } from '../../lambda/core/process/index.ts';
import type { ReceivePorts } from '../../lambda/core/receive/receive.ts';
import type { SweepPorts } from '../../lambda/core/sweep/index.ts';
import type { Processor } from '../../lambda/processor/processor.ts';
import type { Faults } from './faults.ts';
import type { CyberdeskModel, CyberdeskSettings } from './model/cyberdesk.ts';
import type { Reply } from './model/front.ts';
import type { Manners, Request } from './model/http.ts';
import type { QueueModel, Received } from './model/queue.ts';
import type { SecretsModel } from './model/secrets.ts';
import type { TableModel } from './model/table.ts';
import type { Oracle } from './oracle.ts';
import type { Outage } from './outages.ts';
import type { Releases } from './releases.ts';
import type { Rng } from './rng.ts';
import type { Sandbox } from './sandbox.ts';
import type { Scheduler } from './scheduler.ts';
import type { Service } from './service.ts';

/** The ports of an invocation that handles one message. */
export type PortsOfOne = ReturnType<Processor['ports']> & { system: Machine };

/** A bug that is planted by replacing a port, or by wrapping a function. */
export interface Plant {
  ports?(ports: PortsOfOne, world: WorldParts, eventId: string): PortsOfOne;
  verifier?(ports: Pick<ReceivePorts, 'table' | 'queue'>): Pick<ReceivePorts, 'table' | 'queue'>;
  sweeper?(ports: SweepPorts): SweepPorts;
  settler?(ports: SettlePorts, world: WorldParts, event: EventItem): SettlePorts;
  /** Wraps an invocation with one message. */
  around?(
    invoke: () => Promise<SQSBatchResponse>,
    message: Received,
    world: WorldParts,
  ): Promise<SQSBatchResponse>;
  /** How messages are hidden. */
  hide?(parts: Pick<Processor, 'hide'>, world: WorldParts): Processor['hide'];
  /** What the function believes of its own timeout, in milliseconds. */
  functionTimeout?: number;
  /** Settings of the stage that differ. */
  settings?: Partial<WorkerSettings>;
  /** Cyberdesk breaks an assumption about it. */
  assumed?: Partial<CyberdeskSettings>;
  manners?: Partial<Manners>;
  /** An outage from the beginning on, in which it shows. */
  outage?: Omit<Outage, 'from' | 'to'>;
  /** Its clients of AWS have no time limits. */
  isPatient?: true;
  /** For so long from the beginning the processor's bundle does not load, in milliseconds. */
  brokenFor?: number;
  /** Runs that others start look like anything, also where no person is to decide. */
  strangers?: 'of every kind';
  /** Messages that the queue holds besides those of the schedule. */
  ballast?: number;
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
  readonly faults: Faults;
  readonly plant: Plant;
  /** Rules after a deploy that changed them. */
  readonly repaired: boolean;
  readonly releases: Releases;
  /** Until then the processor's bundle does not load. */
  readonly brokenUntil: number;
  /** Number of the way in which most failures of Cyberdesk show. */
  readonly habit: number;
  note(who: string, what: () => string): void;
  move(name: string): void;
  /** A function has measured something: in seconds, or how often it happened. */
  measure(metric: string, value: number): void;
  newSandbox(kind: string): Sandbox;
  /** How often the SDK makes a request at most. */
  attempts(): number;
  /** Faults so far, and requests to this service, or to any, that have met an outage. */
  faultCount(service?: Service): number;
  /** A request arrives at Cyberdesk. */
  arrive(request: Request): Reply;
  deadLetter(body: string, reason: string): void;
  hide(handle: string, duration: number): void;
  unexpected(error: unknown): void;
}
