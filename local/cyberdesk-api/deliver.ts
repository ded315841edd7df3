import type { DownedMachinesEvent, RunCompletedEvent } from '../../lambda/cyberdesk/types.ts';
import { writeJson } from '../../lambda/json/write.ts';

/** Where and how completions are announced. */
export interface WebhookTarget {
  url: string;
  /** The endpoint's signing secret, `whsec_…`. */
  secret: string;
  /** Delays before the second and later attempts, milliseconds; far shorter than Svix's. */
  retryDelaysMs?: number[];
}

/** HTTP status of an attempt; `unreachable` where there was no response. */
type Status = number | 'unreachable';

export interface Delivery {
  svixId: string;
  event: RunCompletedEvent | DownedMachinesEvent;
  attempts: Status[];
  state: 'delivering' | 'delivered' | 'failed';
}

/**
 * Sends an event as Svix would: the same id on every attempt, a new timestamp and signature, until a 2xx.
 * @param wait waits for milliseconds; rejects when the server closes
 */
export async function deliver(
  delivery: Delivery,
  { url, secret, retryDelaysMs = [500, 2_000, 10_000] }: WebhookTarget,
  wait: (ms: number) => Promise<void>,
): Promise<void> {
  // Loaded on first use: most instances of this server deliver nothing.
  const { post, signedHeaders } = await import('../../ops/send/post.ts');
  const body = writeJson(delivery.event);
  for (const delay of [0, ...retryDelaysMs]) {
    await wait(delay);
    const headers = { ...signedHeaders(secret, delivery.svixId, body), 'user-agent': 'Svix-Webhooks/fake' };
    const status = await post(url, body, headers).then(
      ({ http_status }) => http_status,
      () => 'unreachable' as const,
    );
    delivery.attempts.push(status);
    if (status !== 'unreachable' && status >= 200 && status < 300) {
      delivery.state = 'delivered';
      return;
    }
  }
  delivery.state = 'failed';
}
