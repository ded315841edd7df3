import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type LocalRun, startLocal } from '../local/run.ts';
import { addSample, type Row, rowsOf, type Samples, type Unit } from './figures.ts';
import { judgeRound, percentile, type Round, type Started } from './round.ts';
import type { Sending, Sent } from './senders.ts';

const SENDERS = [1, 4, 16, 64];

/** How long nothing may happen before the rest counts as lost, milliseconds. */
const PATIENCE = 60_000;

/**
 * The local run with IAM and all, whose rules start one follow-up and publish once for each event.
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
  const before = run.fake?.state.runs().length ?? 0;
  const started = (): Started[] =>
    (run.fake?.state.runs() ?? []).slice(before).map(({ id, input_values }) => ({
      event: String(input_values?.summary),
      at: run.fake?.store.addedAt.get(id) ?? Number.NaN,
    }));
  worker.postMessage(sending);
  const [sent]: [Sent[]] = (await once(worker, 'message')) as [Sent[]];
  let [round, since] = [judgeRound(sent, started(), sending.ms), performance.now()];
  while ((round.lost > 0 || run.isBusy()) && performance.now() - since < PATIENCE) {
    await delay(50);
    const next = judgeRound(sent, started(), sending.ms);
    if (next.lost < round.lost) since = performance.now();
    round = next;
  }
  return round;
}

function ratesOf(rounds: ReadonlyMap<number, Round>): Row[] {
  const samples: Samples = {};
  for (const [senders, { acceptedPerSecond, processedPerSecond }] of rounds) {
    const subject = senders === 1 ? '1 sender' : `${senders} senders`;
    addSample(samples, 'accepted', subject, acceptedPerSecond);
    addSample(samples, 'processed', subject, processedPerSecond);
  }
  return rowsOf('local run: events', samples, { accepted: 'per second', processed: 'per second' });
}

function latenciesOf({ latencies, acceptedPerSecond }: Round): Row[] {
  const samples: Samples = {};
  const units: Record<string, Unit> = {};
  for (const percent of [50, 95, 99]) {
    units[`p${percent}`] = 'ms';
    addSample(
      samples,
      `p${percent}`,
      `${Math.round(acceptedPerSecond)} per second`,
      percentile(latencies, percent),
    );
  }
  return rowsOf('local run at half of saturation: from request to started follow-up', samples, units);
}

function countsOf(rounds: readonly Round[]): Row[] {
  const samples: Samples = {};
  for (const what of ['accepted', 'refused', 'lost', 'doubled'] as const) {
    const sum = rounds.reduce((all, round) => all + round[what], 0);
    addSample(samples, what, 'events', sum);
  }
  return rowsOf('local run: counted', samples, { accepted: '', refused: '', lost: '', doubled: '' });
}
