import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type LocalRun, startLocal } from '../local/run.ts';
import { addSample, type Row, rowsOf, type Samples } from './figures.ts';
import { judgeRound } from './round.ts';
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
  const workerData = { url: run.webhookUrl, secret: run.secret };
  const worker = new Worker(new URL('./senders.ts', import.meta.url), { workerData });
  const [rates, latencies, counts]: [Samples, Samples, Samples] = [{}, {}, {}];
  const all: Sent[] = [];
  const measure = async (sending: Sending) => {
    worker.postMessage(sending);
    const [sent]: Sent[][] = await once(worker, 'message');
    all.push(...(sent ?? []));
    return waitForFollowUps(run, sent ?? []);
  };
  try {
    // Sandboxes start.
    await measure({ kind: 'senders', senders: 8, ms: ms / 2 });
    let saturation = 0;
    for (const senders of SENDERS) {
      const { accepted, started, lastAfter } = await measure({ kind: 'senders', senders, ms });
      const processed = (started / lastAfter) * 1000;
      addSample(rates, 'accepted, events/s', `${senders} at a time`, (accepted / ms) * 1000);
      addSample(rates, 'processed, events/s', `${senders} at a time`, processed);
      saturation = Math.max(saturation, processed);
    }
    const perSecond = saturation / 2;
    const half = await measure({ kind: 'rate', perSecond, ms: 2 * ms });
    for (const percent of [50, 95, 99])
      addSample(latencies, `p${percent}, ms`, `${Math.round(perSecond)} events/s`, half.percentile(percent));
    // Once more over all rounds: a second follow-up may come late.
    const { accepted, refused, lost, doubled } = judgeRound(all, startsIn(run));
    for (const [what, count] of Object.entries({ accepted, refused, lost, doubled }))
      addSample(counts, what, 'events', count);
  } finally {
    await worker.terminate();
    await run.stop();
  }
  return [
    ...rowsOf('local run', rates),
    ...rowsOf('local run at half of that: from request to started follow-up', latencies),
    ...rowsOf('local run: counted', counts),
  ];
}

/** Until every accepted event has its follow-up, or none has come for long. */
async function waitForFollowUps(run: LocalRun, sent: readonly Sent[]) {
  let [round, since] = [judgeRound(sent, startsIn(run)), performance.now()];
  while ((round.lost > 0 || run.isBusy()) && performance.now() - since < PATIENCE) {
    await delay(50);
    const next = judgeRound(sent, startsIn(run));
    if (next.lost < round.lost) since = performance.now();
    round = next;
  }
  return round;
}

const startsIn = ({ fake }: LocalRun) =>
  (fake?.state.runs() ?? []).map(({ id, input_values }) => ({
    event: String(input_values?.summary),
    at: fake?.store.addedAt.get(id) ?? Number.NaN,
  }));
