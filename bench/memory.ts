import { checkAnswers } from './answers.ts';
import type { Kept } from './aws.ts';
import { batchOf, webhookOf } from './events.ts';
import { addSample, type Row, rowsOf, type Samples } from './figures.ts';
import { type Subject, startProbe } from './probe.ts';
import type { Deployed } from './subjects.ts';

/** The smallest event of the other figures, and the largest that the verifier accepts. */
const SIZES = { '1 KB': 1024, '4 MiB': 4 * 1024 * 1024 };

const UNITS = { '1 KB': 'MB', '4 MiB': 'MB', 'one sweep': 'MB' } as const;

const MEGABYTE = 1024 * 1024;

/** Most memory that a fresh process has had resident once it has handled one event. @throws ProbeError */
export async function measureMemory(deployed: Deployed, kept: Kept, rounds: number): Promise<Row[]> {
  const samples: Samples = {};
  const sample = async (what: keyof typeof UNITS, subject: Subject, event: unknown) => {
    const probe = await startProbe(subject);
    const { answers, peakBytes } = await probe.run([event]);
    probe.end();
    checkAnswers(answers);
    addSample(samples, what, subject.name, peakBytes / MEGABYTE);
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const size of ['1 KB', '4 MiB'] as const) {
      kept.messages.length = 0;
      await sample(size, deployed.verifier, webhookOf(SIZES[size]));
      await sample(size, deployed.processor, batchOf(kept.messages));
    }
    await sample('one sweep', deployed.sweeper, {});
  }
  return rowsOf('peak memory', samples, UNITS);
}
