import { randomUUID } from 'node:crypto';
import { Webhook } from 'svix';

/** The endpoint's response. */
export interface SendResult {
  readonly status: number;
  readonly body: string;
}

/** Signs a payload as Svix does and posts it. */
export async function sendEvent(url: string, secret: string, payload: object): Promise<SendResult> {
  const id = `msg_${randomUUID()}`;
  const now = new Date();
  const body = JSON.stringify(payload);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'svix-id': id,
      'svix-timestamp': String(Math.floor(now.getTime() / 1000)),
      'svix-signature': new Webhook(secret).sign(id, now, body),
    },
    body,
  });
  return { status: response.status, body: await response.text() };
}
