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

const MILLISECONDS = { '1 KB': 'ms', '16 KB': 'ms', '256 KB': 'ms', '1 MB': 'ms' } as const;
const CALLS = { '1 KB': '', '16 KB': '', '256 KB': '', '1 MB': '' } as const;

export interface Warm {
  /** Each answers a webhook. */
  readonly endpoints: readonly Subject[];
  /** Handles what the verifier among them has queued, with one follow-up for each event. */
  readonly processor?: Subject;
  readonly kept: Kept;
  readonly sizes: readonly Size[];
  readonly rounds: number;
  /** Share of the usual number of events. */
  readonly share: number;
}

/** CPU and calls of one event in warm processes, which take turns. @throws ProbeError */
export async function measureWarm(warm: Warm): Promise<Row[]> {
  const { endpoints, processor, kept, sizes, rounds, share } = warm;
  const probes = new Map<Subject, Probe>();
  for (const subject of [...endpoints, processor ?? []].flat())
    probes.set(subject, await startProbe(subject));
  const [cpu, calls]: [Samples, Samples] = [{}, {}];
  // The first round is for the compiler.
  for (let round = -1; round < rounds; round += 1) {
    for (const size of sizes) {
      const count = Math.max(BATCH, Math.round(EVENTS[size] * share));
      const sample = async (subject: Subject, events: readonly unknown[]) => {
        const ran = await probes.get(subject)?.run(events);
        checkAnswers(ran?.answers ?? [null]);
        if (ran === undefined || round < 0) return;
        addSample(cpu, size, subject.name, ran.cpu / count);
        addSample(calls, size, subject.name, ran.calls / count);
      };
      for (const subject of endpoints) {
        kept.items.clear();
        kept.messages.length = 0;
        await sample(
          subject,
          Array.from({ length: count }, () => webhookOf(SIZES[size])),
        );
        if (processor && subject.name === 'verifier') await sample(processor, batchesOf(kept.messages));
      }
    }
  }
  for (const probe of probes.values()) probe.end();
  return [
    ...rowsOf('CPU of a warm event', cpu, MILLISECONDS),
    ...rowsOf('calls of a warm event', calls, CALLS),
  ];
}

const batchesOf = (messages: readonly string[]) =>
  Array.from({ length: Math.ceil(messages.length / BATCH) }, (_, batch) =>
    batchOf(messages.slice(batch * BATCH, (batch + 1) * BATCH)),
  );
