import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type LocalRun, startLocal } from '../local/run.ts';
import { addSample, type Row, rowsOf, type Samples } from './figures.ts';
import type { Sending, Sent } from './senders.ts';

const SENDERS = [1, 4, 16, 64];

/** How long a follow-up may let wait for itself after the last one, milliseconds. */
const PATIENCE = 60_000;

interface Round {
  readonly accepted: number;
  readonly refused: number;
  readonly lost: number;
  readonly doubled: number;
  readonly acceptedPerSecond: number;
  /** Follow-ups, until the last one was started. */
  readonly processedPerSecond: number;
  /** From a request to its started follow-up, milliseconds. */
  readonly latencies: readonly number[];
}

/**
 * The local run with IAM and all: the shipped rules start one follow-up and publish once for each event.
 * @param app absolute path of the file that synthesizes
 * @param ms how long each number of senders sends
 */
export async function measureEndToEnd(app: string, ms: number): Promise<Row[]> {
  const run = await startLocal({ app });
  const worker = new Worker(new URL('./senders.ts', import.meta.url), {
    workerData: { url: run.webhookUrl, secret: run.secret },
  });
  const measure = (sending: Sending) => measureRound(run, worker, sending);
  try {
    // Not counted: sandboxes start.
    await measure({ kind: 'senders', senders: 8, ms: ms / 2 });
    const rounds = new Map<number, Round>();
    for (const senders of SENDERS) rounds.set(senders, await measure({ kind: 'senders', senders, ms }));
    const saturation = Math.max(...[...rounds.values()].map((round) => round.processedPerSecond));
    const half = await measure({ kind: 'rate', perSecond: saturation / 2, ms: 2 * ms });
    return [...ratesOf(rounds), ...latenciesOf(half), ...countsOf([...rounds.values(), half])];
  } finally {
    await worker.terminate();
    await run.stop();
  }
}

async function measureRound(run: LocalRun, worker: Worker, sending: Sending): Promise<Round> {
  worker.postMessage(sending);
  const [sent]: Sent[][] = await once(worker, 'message');
  const at = new Map(sent?.filter(({ isAccepted }) => isAccepted).map((each) => [each.id, each.at]));
  const starts = await startsOf(run, at);
  const [first, last] = [Math.min(...at.values()), Math.max(...starts.flatMap(({ times }) => times))];
  return {
    accepted: at.size,
    refused: (sent?.length ?? 0) - at.size,
    lost: at.size - starts.length,
    doubled: starts.filter(({ times }) => times.length > 1).length,
    acceptedPerSecond: (at.size / sending.ms) * 1000,
    processedPerSecond: (starts.length / (last - first)) * 1000,
    latencies: starts.map(({ id, times: [time = Number.NaN] }) => time - (at.get(id) ?? Number.NaN)),
  };
}

/** When the follow-ups of these events were started, once all have one or none has come for long. */
async function startsOf(run: LocalRun, events: ReadonlyMap<string, number>) {
  let [starts, since] = [startedFor(run, events), performance.now()];
  while (starts.length < events.size && performance.now() - since < PATIENCE) {
    await delay(50);
    const next = startedFor(run, events);
    if (next.length > starts.length) since = performance.now();
    starts = next;
  }
  return starts;
}

function startedFor({ fake }: LocalRun, events: ReadonlyMap<string, number>) {
  const times = new Map<string, number[]>();
  for (const { id, input_values } of fake?.state.runs() ?? []) {
    const event = String(input_values?.summary);
    if (!events.has(event)) continue;
    times.set(event, [...(times.get(event) ?? []), fake?.store.addedAt.get(id) ?? Number.NaN]);
  }
  return [...times].map(([id, times]) => ({ id, times }));
}

function ratesOf(rounds: ReadonlyMap<number, Round>): Row[] {
  const samples: Samples = {};
  for (const [senders, { acceptedPerSecond, processedPerSecond }] of rounds) {
    const subject = senders === 1 ? '1 sender' : `${senders} senders`;
    addSample(samples, 'events accepted', subject, acceptedPerSecond);
    addSample(samples, 'events processed', subject, processedPerSecond);
  }
  return rowsOf('local run', samples, { 'events accepted': 'per second', 'events processed': 'per second' });
}

function latenciesOf({ latencies, processedPerSecond }: Round): Row[] {
  const sorted = latencies.toSorted((a, b) => a - b);
  const samples: Samples = {};
  const subject = `${Math.round(processedPerSecond)} per second`;
  for (const percentile of [50, 95, 99]) {
    const value = sorted[Math.ceil((sorted.length * percentile) / 100) - 1] ?? Number.NaN;
    addSample(samples, `request to started follow-up, p${percentile}`, subject, value);
  }
  const units = Object.fromEntries(Object.keys(samples).map((what) => [what, 'ms'] as const));
  return rowsOf('local run at half of saturation', samples, units);
}

function countsOf(rounds: readonly Round[]): Row[] {
  const samples: Samples = {};
  for (const what of ['accepted', 'refused', 'lost', 'doubled'] as const)
    addSample(
      samples,
      what,
      'all rounds',
      rounds.reduce((sum, round) => sum + round[what], 0),
    );
  return rowsOf('local run', samples, { accepted: '', refused: '', lost: '', doubled: '' });
}
