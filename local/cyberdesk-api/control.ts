import { parseExact } from '../../lambda/json/parse.ts';
import { createRouter } from '../../ops/http/index.ts';
import { problem, type Received, type Reply } from './call.ts';
import type { Fake } from './fake.ts';
import { readFault } from './faults.ts';
import type { Outcome, Settings } from './options.ts';
import type { DownedMachine, NewRun } from './store.ts';

export const isControl = ({ path }: Received): boolean => path.startsWith('/_control/');

// What a tester sends is taken as it is: whoever controls the fake can also call it in code.
type Control = (fake: Fake, body: never, id: string) => unknown;

/** The control endpoints, each of which is also a call on the running fake. JSON in and out. */
const find = createRouter<Control>({
  'GET /_control/state': ({ state, faults }) => ({
    runs: state.runs(),
    effects: Object.fromEntries(state.effects),
    requests: state.requests.map(({ query, body, ...rest }) => ({
      ...rest,
      query: `${query}`,
      body: `${body}`,
    })),
    deliveries: state.deliveries,
    faults: faults.list(),
  }),
  'POST /_control/faults': ({ faults }, fault: unknown) => faults.plant(readFault(fault)),
  'DELETE /_control/faults': ({ faults }) => faults.clear(),
  'DELETE /_control/faults/{id}': ({ faults }, _body, id) => faults.clear(id),
  'POST /_control/settings': ({ settings }, changes: Partial<Settings>) =>
    void Object.assign(settings, changes),
  'POST /_control/runs': (fake, run: NewRun) => fake.seedRun(run),
  'POST /_control/workflows': (fake, workflow: Parameters<Fake['seedWorkflow']>[0]) =>
    fake.seedWorkflow(workflow),
  'POST /_control/machines/down': (fake, { machines = [] }: { machines?: Partial<DownedMachine>[] }) => ({
    delivery: fake.reportDowned(...machines) ?? null,
  }),
  'POST /_control/machines/up': (fake) => fake.reportUp(),
  'POST /_control/runs/{id}/complete': (fake, outcome: Outcome, id) => ({
    delivery: fake.complete(id, outcome) ?? null,
    run: fake.store.runs.get(id),
  }),
});

export function control(fake: Fake, { method, path, body }: Received): Reply {
  const found = find(method, path);
  if (found.kind !== 'route') return problem(404, 'There is no such control endpoint');
  try {
    const given: unknown = body.byteLength > 0 ? parseExact(body.toString('utf8')) : {};
    const answer = found.route(fake, given as never, found.parameters.id ?? '');
    return { status: 200, body: answer ?? { ok: true } };
  } catch (error) {
    return problem(400, error instanceof Error ? error.message : 'The request failed');
  }
}
