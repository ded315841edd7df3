import { checkAnswers } from './answers.ts';
import { webhookOf } from './events.ts';
import { addSample, type Row, rowsOf, type Samples } from './figures.ts';
import { type Probe, type Subject, startProbe } from './probe.ts';

const UNITS = {
  'CPU of loading': 'ms',
  'time of loading': 'ms',
  'CPU of the process until then': 'ms',
  'CPU until the first answer': 'ms',
  'time until the first answer': 'ms',
  'calls of the first request, one after the other': '',
  'connections opened by the first request': '',
} as const;

type What = keyof typeof UNITS;

/**
 * What a cold start costs: each module in a fresh process, in turn.
 * @param endpoints those that then answer one webhook of 1 KB
 * @throws ProbeError
 */
export async function measureLoad(
  modules: readonly Subject[],
  endpoints: readonly Subject[],
  rounds: number,
): Promise<Row[]> {
  const samples: Samples = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of modules) {
      const probe = await startProbe(subject);
      const add = (what: What, value: number) => addSample(samples, what, subject.name, value);
      add('CPU of loading', probe.loaded.cpu);
      add('time of loading', probe.loaded.wall);
      add('CPU of the process until then', probe.loaded.process);
      if (endpoints.includes(subject)) await answerFirst(probe, add);
      probe.end();
    }
  }
  return rowsOf('cold start', samples, UNITS);
}

async function answerFirst({ loaded, run }: Probe, add: (what: What, value: number) => void): Promise<void> {
  const first = await run([webhookOf(1024)]);
  checkAnswers(first.answers);
  add('CPU until the first answer', loaded.cpu + first.cpu);
  add('time until the first answer', loaded.wall + first.wall);
  add('calls of the first request, one after the other', first.rounds);
  add('connections opened by the first request', first.connections);
}
