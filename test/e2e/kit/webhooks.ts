import { randomUUID } from 'node:crypto';
import { Webhook } from 'svix';

/** A run_complete as Cyberdesk sends it, with the changes of a test. */
export function runComplete(run: Record<string, unknown> = {}, envelope: Record<string, unknown> = {}) {
  const now = Date.now();
  return {
    event_id: randomUUID(),
    event_type: 'run_complete',
    occurred_at: new Date(now).toISOString(),
    run: {
      id: randomUUID(),
      workflow_id: randomUUID(),
      machine_id: randomUUID(),
      status: 'success',
      created_at: new Date(now - 60_000).toISOString(),
      started_at: new Date(now - 50_000).toISOString(),
      ended_at: new Date(now).toISOString(),
      error: [],
      output_data: { summary: 'three invoices filed' },
      input_values: { batch: 7 },
      post_run_checks: [],
      ...run,
    },
    ...envelope,
  };
}

export interface DeliveryOptions {
  id?: string;
  /** Time of the signature, epoch milliseconds. */
  at?: number;
  method?: 'POST' | 'PUT';
  /** `svix` or `webhook`, the two spellings of the headers. */
  prefix?: string;
  /** Adds signatures with these secrets, as a sender does during a rotation. */
  otherSecrets?: string[];
  headers?: Record<string, string>;
  /** Sent instead of what was signed. */
  sent?: string | Uint8Array;
}

/** Signs as Svix does and sends. */
export async function deliver(
  endpoint: string,
  secret: string,
  payload: unknown,
  options: DeliveryOptions = {},
): Promise<{ status: number; answer: unknown }> {
  const { id = `msg_${randomUUID()}`, at = Date.now(), method = 'POST', prefix = 'svix' } = options;
  const body =
    typeof payload === 'string' || payload instanceof Uint8Array ? payload : JSON.stringify(payload);
  const text = typeof body === 'string' ? body : Buffer.from(body);
  const secrets = [secret, ...(options.otherSecrets ?? [])];
  const signature = secrets.map((each) => new Webhook(each).sign(id, new Date(at), text)).join(' ');
  const response = await fetch(endpoint, {
    method,
    headers: {
      'content-type': 'application/json',
      [`${prefix}-id`]: id,
      [`${prefix}-timestamp`]: String(Math.floor(at / 1000)),
      [`${prefix}-signature`]: signature,
      ...options.headers,
    },
    body: (options.sent ?? body) as NonNullable<RequestInit['body']>,
  });
  const answer = await response.text();
  try {
    return { status: response.status, answer: JSON.parse(answer) };
  } catch {
    return { status: response.status, answer };
  }
}
