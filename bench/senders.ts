import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { exampleEvent } from '../ops/send/example.ts';
import { post, signedHeaders } from '../ops/send/post.ts';

// Runs in a thread of its own, beside the local run: sends webhooks and reports which of them were accepted.

/** For so many milliseconds: by so many senders, each of which waits for its answer, or so many a second. */
export type Sending = { readonly ms: number } & (
  | { readonly kind: 'senders'; readonly senders: number }
  | { readonly kind: 'rate'; readonly perSecond: number }
);

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
  const answer = await post(url, body, headers).catch(() => undefined);
  return { id, at, isAccepted: answer?.http_status === 200 };
}

async function sendAll(sending: Sending): Promise<Sent[]> {
  const [start, sent]: [number, Promise<Sent>[]] = [now(), []];
  const isOver = () => now() >= start + sending.ms;
  const sender = async () => {
    while (!isOver()) await sent[sent.push(send()) - 1];
  };
  if (sending.kind === 'senders') await Promise.all(Array.from({ length: sending.senders }, sender));
  while (sending.kind === 'rate' && !isOver()) {
    while (sent.length < ((now() - start) / 1000) * sending.perSecond) sent.push(send());
    await delay(1);
  }
  return Promise.all(sent);
}

parentPort?.on('message', async (sending: Sending) => parentPort?.postMessage(await sendAll(sending)));
