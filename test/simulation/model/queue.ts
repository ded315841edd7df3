export interface StoredMessage {
  id: string;
  body: string;
  reason?: string;
  receives: number;
  visibleAt: number;
  /** Handle of the latest receive; older ones are stale. */
  handle: string | undefined;
}

export interface Received {
  id: string;
  body: string;
  receives: number;
  handle: string;
}

/** A standard queue. Times are epoch milliseconds; every call takes effect at once. */
export class QueueModel {
  readonly messages = new Map<string, StoredMessage>();
  readonly #limit: number;
  readonly #deadLetters: QueueModel | undefined;
  #count = 0;

  /** @param limit `maxReceiveCount`; beyond it a message goes to `deadLetters`. */
  constructor(limit = Number.POSITIVE_INFINITY, deadLetters?: QueueModel) {
    this.#limit = limit;
    this.#deadLetters = deadLetters;
  }

  send(body: string, now: number, reason?: string): StoredMessage {
    this.#count += 1;
    const message = { id: `m${this.#count}`, body, receives: 0, visibleAt: now, handle: undefined };
    const stored = reason === undefined ? message : { ...message, reason };
    this.messages.set(stored.id, stored);
    return stored;
  }

  receive(now: number, max: number, visibility: number): Received[] {
    const received: Received[] = [];
    for (const message of this.messages.values()) {
      if (received.length === max) break;
      if (message.visibleAt > now) continue;
      if (message.receives >= this.#limit) {
        this.messages.delete(message.id);
        this.#deadLetters?.send(message.body, now);
        continue;
      }
      received.push(this.hand(message, now, visibility));
    }
    return received;
  }

  /** Hands out a message, visible or not: a standard queue delivers twice now and then. */
  hand(message: StoredMessage, now: number, visibility: number): Received {
    message.receives += 1;
    message.handle = `${message.id}/${message.receives}`;
    message.visibleAt = now + visibility;
    const { id, body, receives, handle } = message;
    return { id, body, receives, handle };
  }

  /** A stale handle has no effect; SQS reports success all the same. */
  delete(handle: string): StoredMessage | undefined {
    const message = this.#byHandle(handle);
    if (message) this.messages.delete(message.id);
    return message;
  }

  changeVisibility(handle: string, duration: number, now: number): boolean {
    const message = this.#byHandle(handle);
    if (!message || message.visibleAt <= now) return false;
    message.visibleAt = now + duration;
    return true;
  }

  /** When the next message becomes visible. */
  nextVisible(): number | undefined {
    let next: number | undefined;
    for (const { visibleAt } of this.messages.values()) next = Math.min(next ?? visibleAt, visibleAt);
    return next;
  }

  #byHandle(handle: string): StoredMessage | undefined {
    const message = this.messages.get(handle.split('/')[0] ?? '');
    return message?.handle === handle ? message : undefined;
  }
}
