import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { startLocal } from '../../local/run.ts';
import { judgeRound } from '../round.ts';
import type { Sent } from '../senders.ts';
import { flowOf } from './flow.ts';
import { PACE, SCENARIOS } from './scenarios.ts';

/** Seconds until the fake API answers: long beside what the processor itself takes on this machine. */
const CALL = 2;
/** Seconds in the processor for each event: some, where AWS takes more with its share of a core. */
const PROCESSOR = 0.02;
const ARRIVAL = { perSecond: 15, seconds: 6 };
const PATIENCE = 300_000;

/**
 * A burst in the local run, which has as many processors as the template says, beside the model.
 * @param app absolute path of the file that synthesizes
 */
export async function compareWithLocalRun(app: string): Promise<string> {
  const [usual] = SCENARIOS;
  if (usual === undefined) throw new Error('there is no scenario');
  const pace = { ...PACE, processor: PROCESSOR, call: CALL };
  const { drained, accepted } = flowOf(usual.situation, pace, ARRIVAL, 1);
  const measured = await measureBurst(app);
  const said = `${accepted} events, ${CALL} s each at the API: the model says ${drained.toFixed(0)} s`;
  return `${said}, the local run took ${measured.toFixed(0)} s, ${(measured / drained).toFixed(2)} of that`;
}

async function measureBurst(app: string): Promise<number> {
  const run = await startLocal({ app });
  const workerData = { url: run.webhookUrl, secret: run.secret };
  const worker = new Worker(new URL('../senders.ts', import.meta.url), { workerData });
  run.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'delay', ms: CALL * 1000, times: 'always' });
  try {
    worker.postMessage({ kind: 'rate', perSecond: ARRIVAL.perSecond, ms: ARRIVAL.seconds * 1000 });
    const [sent]: Sent[][] = await once(worker, 'message');
    const judge = () =>
      judgeRound(
        sent ?? [],
        (run.fake?.state.runs() ?? []).map(({ id, input_values }) => ({
          event: String(input_values?.summary),
          at: run.fake?.store.addedAt.get(id) ?? Number.NaN,
        })),
      );
    for (const start = performance.now(); judge().lost > 0 && performance.now() - start < PATIENCE; )
      await delay(100);
    return judge().lastAfter / 1000;
  } finally {
    await worker.terminate();
    await run.stop();
  }
}
