import type { RunCompletedEvent } from '../../lambda/cyberdesk/types.ts';
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
  event: RunCompletedEvent;
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
  const { signedHeaders } = await import('../../ops/send/sign.ts');
  const body = writeJson(delivery.event);
  for (const delay of [0, ...retryDelaysMs]) {
    await wait(delay);
    const status = await post(url, signedHeaders(secret, delivery.svixId, body), body);
    delivery.attempts.push(status);
    if (status !== 'unreachable' && status >= 200 && status < 300) {
      delivery.state = 'delivered';
      return;
    }
  }
  delivery.state = 'failed';
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<Status> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Svix-Webhooks/fake', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(15_000),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 'unreachable';
  }
}
