import { DAY, HOUR } from '../../../lambda/core/model/time.ts';

export interface StoredMessage {
  id: string;
  body: string;
  reason?: string;
  receives: number;
  /** When it was first put into a queue; a move by SQS itself keeps it. */
  sentAt: number;
  visibleAt: number;
  /** When it was last received. */
  receivedAt: number;
  /** Handle of the latest receive; older ones are stale. */
  handle: string | undefined;
}

export interface Received {
  id: string;
  body: string;
  receives: number;
  handle: string;
}

export interface QueueSettings {
  /** `maxReceiveCount`; beyond it a message goes to `deadLetters`. */
  limit?: number;
  deadLetters?: QueueModel;
  /** How long it keeps a message, in milliseconds. */
  retention?: number;
}

/** SQS holds a message back for so long at most, counted from when it was received. */
const LONGEST_VISIBILITY = 12 * HOUR;

/** A request that SQS refuses, whenever it is made. */
export class InvalidRequestError extends Error {
  override name = 'InvalidRequestError';
}

/** A standard queue. Times are epoch milliseconds; every call takes effect at once. */
export class QueueModel {
  readonly messages = new Map<string, StoredMessage>();
  /** Messages that may be in flight at once. */
  inFlightLimit = 120_000;
  /** Messages that are not modelled one by one. */
  ballast = 0;
  /** Grows with every change. */
  changes = 0;
  /** Called for a message that was kept for as long as the queue keeps any. */
  onExpired: (message: StoredMessage) => void = () => {};
  /** Called for a message that SQS itself has moved to the dead-letter queue. */
  onMoved: (message: StoredMessage) => void = () => {};
  readonly #settings: Required<Omit<QueueSettings, 'deadLetters'>> & Pick<QueueSettings, 'deadLetters'>;
  #count = 0;

  constructor({ limit = Number.POSITIVE_INFINITY, deadLetters, retention = 7 * DAY }: QueueSettings = {}) {
    this.#settings = { limit, retention, ...(deadLetters && { deadLetters }) };
  }

  send(body: string, now: number, reason?: string, sentAt = now): StoredMessage {
    this.#count += 1;
    this.changes += 1;
    const stored: StoredMessage = {
      id: `m${this.#count}`,
      body,
      ...(reason !== undefined && { reason }),
      receives: 0,
      sentAt,
      visibleAt: now,
      receivedAt: now,
      handle: undefined,
    };
    this.messages.set(stored.id, stored);
    return stored;
  }

  receive(now: number, max: number, visibility: number): Received[] {
    const received: Received[] = [];
    const room = Math.min(max, this.inFlightLimit - this.#inFlight(now));
    for (const message of this.messages.values()) {
      if (received.length >= room) break;
      if (message.visibleAt > now) continue;
      if (now >= message.sentAt + this.#settings.retention) {
        this.#remove(message);
        this.onExpired(message);
      } else if (message.receives >= this.#settings.limit) {
        this.#remove(message);
        this.onMoved(message);
        this.#settings.deadLetters?.send(message.body, now, undefined, message.sentAt);
      } else {
        received.push(this.hand(message, now, visibility));
      }
    }
    return received;
  }

  /** Until when no more messages can be received although some may be visible; undefined if they can. */
  fullUntil(now: number): number | undefined {
    if (this.#inFlight(now) < this.inFlightLimit) return undefined;
    return Math.min(
      ...[...this.messages.values()].map(({ visibleAt }) => visibleAt).filter((at) => at > now),
    );
  }

  /** Hands out a message, visible or not: a standard queue delivers twice now and then. */
  hand(message: StoredMessage, now: number, visibility: number): Received {
    message.receives += 1;
    message.handle = `${message.id}/${message.receives}`;
    message.receivedAt = now;
    message.visibleAt = now + visibility;
    const { id, body, receives, handle } = message;
    return { id, body, receives, handle };
  }

  /** A stale handle has no effect; SQS reports success all the same. */
  delete(handle: string): StoredMessage | undefined {
    const message = this.#byHandle(handle);
    if (message) this.#remove(message);
    return message;
  }

  /** @throws InvalidRequestError beyond twelve hours, even for a stale handle. */
  changeVisibility(handle: string, duration: number, now: number): boolean {
    if (duration < 0 || duration > LONGEST_VISIBILITY)
      throw new InvalidRequestError(`a visibility timeout of ${duration} ms`);
    const message = this.#byHandle(handle);
    if (!message || message.visibleAt <= now) return false;
    if (now + duration > message.receivedAt + LONGEST_VISIBILITY)
      throw new InvalidRequestError('a message would be in flight for more than twelve hours');
    message.visibleAt = now + duration;
    return true;
  }

  clear(): void {
    this.messages.clear();
    this.changes += 1;
  }

  #inFlight(now: number): number {
    // Only small limits are ever reached here, and counting takes time.
    if (this.inFlightLimit > this.messages.size) return 0;
    return [...this.messages.values()].filter(({ visibleAt }) => visibleAt > now).length;
  }

  #remove({ id }: StoredMessage): void {
    this.messages.delete(id);
    this.changes += 1;
  }

  #byHandle(handle: string): StoredMessage | undefined {
    const message = this.messages.get(handle.split('/')[0] ?? '');
    return message?.handle === handle ? message : undefined;
  }
}
