import type { Kept } from './aws.ts';
import { batchesOf, type SIZES, webhookOf } from './events.ts';
import { addSample, type Row, rowsOf, type Samples } from './figures.ts';
import { type Probe, type Subject, startProbe } from './probe.ts';

/** Events in one sample: as many as take about a fifth of a second. */
const EVENTS = { '1 KB': 100, '16 KB': 60, '256 KB': 15, '1 MB': 5, '4 MiB': 2 };

export interface Warm {
  /** Each answers a webhook. */
  readonly endpoints: readonly Subject[];
  /** Handles what the verifier among them has queued, with one follow-up for each event. */
  readonly processor?: Subject;
  readonly kept: Kept;
  readonly sizes: readonly (keyof typeof SIZES)[];
  readonly rounds: number;
  /** Share of the usual number of events. */
  readonly share: number;
}

/** CPU and calls of one event in warm processes, which take turns. @throws ProbeError */
export async function measureWarm(warm: Warm): Promise<Row[]> {
  const { endpoints, processor, kept, sizes, rounds, share } = warm;
  const probes = new Map<Subject, Probe>();
  const subjects = [...endpoints, ...(processor ? [processor] : [])];
  for (const subject of subjects) probes.set(subject, await startProbe(subject));
  const [cpu, calls]: [Samples, Samples] = [{}, {}];
  // The first round is for the compiler.
  for (let round = -1; round < rounds; round += 1) {
    for (const size of sizes) {
      const count = Math.ceil(EVENTS[size] * share);
      const sample = async (subject: Subject, events: readonly unknown[]) => {
        const ran = await probes.get(subject)?.run(events);
        if (ran === undefined || round < 0) return;
        addSample(cpu, `${size}, ms`, subject.name, ran.cpu / count);
        addSample(calls, size, subject.name, ran.calls / count);
      };
      for (const subject of endpoints) {
        kept.items.clear();
        kept.messages.length = 0;
        const webhooks = Array.from({ length: count }, () => webhookOf(size));
        await sample(subject, webhooks);
        if (processor && subject.name === 'verifier') await sample(processor, batchesOf(kept.messages));
      }
    }
  }
  for (const probe of probes.values()) probe.end();
  return [...rowsOf('CPU of a warm event', cpu), ...rowsOf('calls of a warm event', calls)];
}
