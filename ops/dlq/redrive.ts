import { type Message, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type Pace, paced, pacer } from '../cli/progress.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { type DeadLetter, needsDecision } from './dead-letter.ts';
import { type DeadLetterFilter, matchesDeadLetter } from './filter.ts';
import { putBackOrLeave, type Received, receiveDeadLetters, remove } from './receive.ts';

/** Hidden while others are being moved; a message that is not moved by then becomes visible again. */
const HIDE_SECONDS = 600;

export interface RedriveOptions extends Partial<Pace> {
  filter?: DeadLetterFilter;
  rate?: number;
  /** Called after each message that was sent back. */
  onMoved?: (deadLetter: DeadLetter, moved: number) => void;
  /** Ends the redrive between two messages. */
  signal?: AbortSignal;
}

export interface Redriven {
  redriven: DeadLetter[];
  /** Removed: their events had continued without them. */
  settled: DeadLetter[];
  /** Left where they are: not sent by this service, or without an event. */
  stuck: DeadLetter[];
  /** Left where they are: they wait for a person's decision, and a redrive would end where it began. */
  undecided: DeadLetter[];
}

/** For the audit. */
export function resultOf({ redriven, settled, stuck, undecided }: Redriven): string {
  const left = undecided.length > 0 ? `, ${undecided.length} undecided` : '';
  return `${redriven.length} redriven, ${settled.length} cleared, ${stuck.length} stuck${left}`;
}

/**
 * Moves dead letters back to the queue: receive, send unchanged, delete. In this order nothing is lost if
 * this command dies; a message that is then in both queues is harmless, as it names the one failure that it may
 * reopen. A message that fails again comes back as another failure and is left for the next redrive, so a redrive
 * ends.
 */
export async function redriveDeadLetters(
  stage: AuditedStage,
  options: RedriveOptions = {},
): Promise<Redriven> {
  const redrive = new Redrive(stage, options);
  try {
    await redrive.run();
  } finally {
    await putBackOrLeave(stage, await redrive.left());
  }
  return redrive.result;
}

/** One redrive, and what it has done so far. */
class Redrive {
  readonly result: Redriven = { redriven: [], settled: [], stuck: [], undecided: [] };
  /** Received, and neither moved nor removed. */
  readonly #left = new Set<Message>();
  #next: Promise<readonly Received[]> | undefined;
  readonly #stage: AuditedStage;
  readonly #options: RedriveOptions;
  readonly #pace: () => Promise<void>;
  /** Failure numbers by the events that were sent back. */
  readonly #reopened = new Map<string, number>();

  constructor(stage: AuditedStage, options: RedriveOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#pace = pacer(options.rate ?? 10, options);
  }

  get #isOver(): boolean {
    const { redriven, settled } = this.result;
    const isSingle = this.#options.filter?.id !== undefined && redriven.length + settled.length > 0;
    return this.#isStopped || isSingle;
  }

  get #isStopped(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  async run(): Promise<void> {
    const work = (received: Received) => this.#take(received);
    await paced(this.#wanted(), work, { pace: this.#pace, signal: this.#options.signal });
  }

  /** What is to be put back, once nothing more is being received. */
  async left(): Promise<Message[]> {
    await this.#next?.catch(() => undefined);
    return [...this.#left];
  }

  /** The next batch is received while the one before is moved, so that waiting for it does not lower the rate. */
  async *#wanted(): AsyncGenerator<Received> {
    const batches = receiveDeadLetters(this.#stage, HIDE_SECONDS);
    const receive = (): Promise<readonly Received[]> => {
      const next = batches.next().then(({ value = [] }) => {
        for (const { message } of value) this.#left.add(message);
        return value;
      });
      // An error is thrown where the batch is awaited, not before.
      next.catch(() => undefined);
      this.#next = next;
      return next;
    };
    let next = receive();
    for (let batch = await next; batch.length > 0 && !this.#isOver; batch = await next) {
      next = receive();
      for (const received of batch) if (this.#isWanted(received)) yield received;
    }
  }

  #isWanted(received: Received): boolean {
    const isMeant = matchesDeadLetter(received.deadLetter, this.#options.filter ?? {});
    return isMeant && !this.#hasFailedAgain(received) && !this.#isLeft(received);
  }

  /** Whether it stays where it is, which is then reported. */
  #isLeft({ deadLetter }: Received): boolean {
    const { stuck, undecided } = this.result;
    if (deadLetter.standing === 'stuck') stuck.push(deadLetter);
    else if (needsDecision(deadLetter) && !this.#isNamed) undecided.push(deadLetter);
    else return false;
    return true;
  }

  /** Cyberdesk's lists may have been unreadable until now: whoever asks for just these gets another lookup. */
  get #isNamed(): boolean {
    const { id, reason } = this.#options.filter ?? {};
    return id !== undefined || reason === 'outcome_unknown';
  }

  #hasFailedAgain({ eventId = '', reopen = 0 }: Received): boolean {
    const reopened = this.#reopened.get(eventId);
    return reopened !== undefined && reopen > reopened;
  }

  async #take(received: Received): Promise<void> {
    const { deadLetter, message } = received;
    if (deadLetter.standing === 'settled') {
      await this.#mark(received);
      await remove(this.#stage, message);
      this.#left.delete(message);
      this.result.settled.push(deadLetter);
    } else await this.#move(received);
  }

  async #mark({ eventId }: Received): Promise<void> {
    if (eventId !== undefined) await this.#stage.trail.mark(eventId);
  }

  async #move(received: Received): Promise<void> {
    const { deadLetter, message, eventId = '', reopen = 0 } = received;
    // Before it is sent: it may fail again, and its new dead letter be received, before the answer is here.
    this.#reopened.set(eventId, reopen);
    await this.#mark(received);
    const { queueUrl } = this.#stage.outputs;
    // The body alone: the reason that the message carries here does not apply there.
    const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: message.Body });
    await this.#stage.clients.sqs.send(command);
    await remove(this.#stage, message);
    this.#left.delete(message);
    this.result.redriven.push(deadLetter);
    this.#options.onMoved?.(deadLetter, this.result.redriven.length);
  }
}
