import { SECOND } from '../../lambda/core/model/time.ts';
import { eventOf } from './message-body.ts';
import type { QueueModel, Received } from './model/queue.ts';

/** The queue's own visibility timeout. */
export const VISIBILITY = 1020 * SECOND;

/** Receives of one message in its life of seven days, besides those that ended with the death of their worker. */
const MOST_RECEIVES = 900;

/** How often messages are received, which is bounded whatever happens; each describes what is wrong, if anything. */
export class Receives {
  readonly #queue: QueueModel;
  readonly #deaths = new Map<string, number>();
  readonly #ofEvents = new Map<string, number>();

  constructor(queue: QueueModel) {
    this.#queue = queue;
  }

  /** The worker that had received this message died. */
  onDeath(id: string): void {
    this.#deaths.set(id, (this.#deaths.get(id) ?? 0) + 1);
  }

  onReceive({ id, receives, body }: Received): string | undefined {
    const event = eventOf(body);
    this.#ofEvents.set(event, this.of(event) + 1);
    return receives > MOST_RECEIVES + (this.#deaths.get(id) ?? 0)
      ? `message ${id} was received ${receives} times`
      : undefined;
  }

  /** How often messages about an event were received. */
  of = (event: string): number => this.#ofEvents.get(event) ?? 0;

  /** A function that was not disturbed has returned these as failed. */
  onReturn(failed: readonly Received[]): string | undefined {
    for (const { id, handle } of failed) {
      const message = this.#queue.messages.get(id);
      if (message?.handle === handle && message.visibleAt === message.receivedAt + VISIBILITY)
        return `message ${id} failed, and waits for nothing but the queue's visibility timeout`;
    }
    return undefined;
  }
}
