import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { exampleEvent } from '../ops/send/example.ts';
import { post, signedHeaders } from '../ops/send/post.ts';

// Runs in a thread of its own, beside the local run: sends webhooks and says what became of each.

/** How to send, and for how many milliseconds. */
export type Sending =
  /** So many senders, each of which waits for its answer. */
  | { readonly kind: 'senders'; readonly senders: number; readonly ms: number }
  /** So many in a second, whatever the answers do. */
  | { readonly kind: 'rate'; readonly perSecond: number; readonly ms: number };

/** A webhook that was sent. */
export interface Sent {
  /** Its event id, and the input of its follow-up. */
  readonly id: string;
  /** When it was sent, epoch milliseconds. */
  readonly at: number;
  readonly isAccepted: boolean;
}

const { url, secret }: { url: string; secret: string } = workerData;
const now = () => performance.timeOrigin + performance.now();

async function send(): Promise<Sent> {
  const event = exampleEvent();
  const id = event.event_id;
  const body = JSON.stringify({ ...event, run: { ...event.run, output_data: { summary: id } } });
  const headers = signedHeaders(secret, `msg_${randomUUID()}`, body);
  const at = now();
  // One that was not answered is not accepted: Svix would send it again.
  const isAccepted = await post(url, body, headers).then(
    ({ http_status }) => http_status === 200,
    () => false,
  );
  return { id, at, isAccepted };
}

async function bySenders(senders: number, end: number): Promise<Sent[]> {
  const one = async () => {
    const sent: Sent[] = [];
    while (now() < end) sent.push(await send());
    return sent;
  };
  return (await Promise.all(Array.from({ length: senders }, one))).flat();
}

async function byRate(perSecond: number, end: number): Promise<Sent[]> {
  const [start, sent]: [number, Promise<Sent>[]] = [now(), []];
  while (now() < end) {
    const due = ((now() - start) / 1000) * perSecond;
    while (sent.length < due) sent.push(send());
    await delay(1);
  }
  return Promise.all(sent);
}

parentPort?.on('message', async (sending: Sending) => {
  const end = now() + sending.ms;
  const sent =
    sending.kind === 'senders' ? await bySenders(sending.senders, end) : await byRate(sending.perSecond, end);
  parentPort?.postMessage(sent);
});
