import { webhookOf } from './events.ts';
import { addSample, type Row, rowsOf, type Samples } from './figures.ts';
import { type Probe, type Subject, startProbe } from './probe.ts';

/**
 * What a cold start costs: each module in a fresh process, in turn.
 * @param endpoints those that then answer a webhook
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
      const figures = {
        'CPU of loading, ms': probe.loaded.cpu,
        'time of loading, ms': probe.loaded.wall,
        'CPU of the process until then, ms': probe.loaded.process,
        ...(endpoints.includes(subject) && (await firstAnswer(probe))),
      };
      for (const [what, value] of Object.entries(figures)) addSample(samples, what, subject.name, value);
      probe.end();
    }
  }
  return rowsOf('cold start', samples);
}

async function firstAnswer({ loaded, run }: Probe): Promise<Record<string, number>> {
  const { cpu, wall, rounds, connections } = await run([webhookOf('1 KB')]);
  return {
    'CPU until the first answer, ms': loaded.cpu + cpu,
    'time until the first answer, ms': loaded.wall + wall,
    'calls of the first request, one after the other': rounds,
    'connections opened by the first request': connections,
  };
}
