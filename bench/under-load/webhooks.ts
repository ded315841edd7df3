import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { exampleEvent } from '../../ops/send/example.ts';
import { post, signedHeaders } from '../../ops/send/post.ts';
import type { Sent } from '../senders.ts';
import type { Address } from './process.ts';

/** Milliseconds before a webhook without a 2xx is sent again, which doubles; and the longest. */
const [FIRST_WAIT, LONGEST_WAIT] = [500, 8000];
/** As often as it is sent. */
const ATTEMPTS = 20;

/** Sends webhooks as Svix does: one that gets no 2xx is sent again under the same id. */
export class Webhooks {
  readonly sent: Sent[] = [];
  /** Attempts after the first ones. */
  repeats = 0;
  readonly #address: () => Address | undefined;
  readonly #open = new Set<Promise<void>>();

  constructor(address: () => Address | undefined) {
    this.#address = address;
  }

  send(): Promise<void> {
    const sending = this.#send();
    this.#open.add(sending);
    return sending.finally(() => this.#open.delete(sending));
  }

  /** Until each was accepted, or was sent often enough. */
  async settled(): Promise<void> {
    await Promise.all(this.#open);
  }

  async #send(): Promise<void> {
    const event = exampleEvent();
    const id = event.event_id;
    const body = JSON.stringify({ ...event, run: { ...event.run, output_data: { summary: id } } });
    const [svixId, at] = [`msg_${randomUUID()}`, performance.timeOrigin + performance.now()];
    let isAccepted = false;
    for (let attempt = 0; attempt < ATTEMPTS && !isAccepted; attempt += 1) {
      if (attempt > 0) {
        this.repeats += 1;
        await delay(Math.min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT));
      }
      isAccepted = await this.#isAccepted(svixId, body);
    }
    this.sent.push({ id, at, isAccepted });
  }

  async #isAccepted(svixId: string, body: string): Promise<boolean> {
    const address = this.#address();
    if (address === undefined) return false;
    const headers = signedHeaders(address.secret, svixId, body);
    const answer = await post(address.webhookUrl, body, headers).catch(() => undefined);
    return answer?.http_status === 200;
  }
}
