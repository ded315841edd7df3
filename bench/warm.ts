import { checkAnswers } from './answers.ts';
import type { Kept } from './aws.ts';
import { batchOf, SIZES, webhookOf } from './events.ts';
import { addSample, type Row, rowsOf, type Samples } from './figures.ts';
import { type Probe, type Subject, startProbe } from './probe.ts';

/** Messages in one batch of the event source. */
const BATCH = 5;

/** Events in one sample: as many as take about a fifth of a second. */
const EVENTS = { '1 KB': 100, '16 KB': 60, '256 KB': 15, '1 MB': 5 };

type Size = keyof typeof SIZES;

const UNITS = { '1 KB': 'ms', '16 KB': 'ms', '256 KB': 'ms', '1 MB': 'ms' } as const;

export interface Warm {
  /** Each answers a webhook; `verifier` is among them. */
  readonly endpoints: readonly Subject[];
  /** Handles what the verifier has queued, with one follow-up for each event. */
  readonly processor: Subject;
  readonly kept: Kept;
  readonly rounds: number;
  /** Share of the usual number of events. */
  readonly share: number;
}

/** CPU of one event in warm processes, which take turns. @throws ProbeError */
export async function measureWarm({ endpoints, processor, kept, rounds, share }: Warm): Promise<Row[]> {
  const [samples, follow]: [Samples, Samples] = [{}, {}];
  const probes = new Map<string, Probe>();
  for (const subject of [...endpoints, processor]) probes.set(subject.name, await startProbe(subject));
  const cpuOf = async (name: string, events: readonly unknown[]) => {
    const ran = await probes.get(name)?.run(events);
    checkAnswers(ran?.answers ?? [null]);
    return ran?.cpu ?? Number.NaN;
  };
  for (let round = -1; round < rounds; round += 1) {
    for (const size of Object.keys(SIZES) as Size[]) {
      const count = Math.max(BATCH, Math.round(EVENTS[size] * share));
      for (const { name } of endpoints) {
        kept.items.clear();
        kept.messages.length = 0;
        const events = Array.from({ length: count }, () => webhookOf(SIZES[size]));
        const cpu = await cpuOf(name, events);
        // The first round is for the compiler.
        if (round >= 0) addSample(samples, size, name, cpu / count);
        if (name !== 'verifier') continue;
        const handled = await cpuOf(processor.name, batchesOf(kept.messages));
        if (round >= 0) addSample(follow, size, processor.name, handled / count);
      }
    }
  }
  for (const probe of probes.values()) probe.end();
  return [
    ...rowsOf('CPU of a warm event', samples, UNITS, ['express', 'floor']),
    ...rowsOf('CPU of a warm event with one follow-up', follow, UNITS),
  ];
}

const batchesOf = (messages: readonly string[]) =>
  Array.from({ length: Math.ceil(messages.length / BATCH) }, (_, batch) =>
    batchOf(messages.slice(batch * BATCH, (batch + 1) * BATCH)),
  );
