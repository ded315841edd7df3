import type { Kept } from './aws.ts';
import { batchesOf, webhookOf } from './events.ts';
import { addSample, type Row, rowsOf, type Samples } from './figures.ts';
import { type Subject, startProbe } from './probe.ts';
import type { Deployed } from './subjects.ts';

/** Most memory that a fresh process has had resident once it has handled one event. @throws ProbeError */
export async function measureMemory(deployed: Deployed, kept: Kept, rounds: number): Promise<Row[]> {
  const samples: Samples = {};
  const sample = async (what: string, subject: Subject, events: readonly unknown[]) => {
    const probe = await startProbe(subject);
    const { peak } = await probe.run(events);
    probe.end();
    addSample(samples, `${what}, MiB`, subject.name, peak / 2 ** 20);
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const size of ['1 KB', '4 MiB'] as const) {
      kept.messages.length = 0;
      await sample(size, deployed.verifier, [webhookOf(size)]);
      await sample(size, deployed.processor, batchesOf(kept.messages));
    }
    await sample('one sweep', deployed.sweeper, [{}]);
  }
  return rowsOf('peak memory', samples);
}
