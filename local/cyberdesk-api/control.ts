import { problem, type Received, type Reply } from './call.ts';
import type { Outcome } from './complete.ts';
import type { Fake } from './fake.ts';
import type { Fault } from './faults.ts';
import type { Settings } from './options.ts';
import type { StoredRun } from './store.ts';

type Controlled = Omit<Fake, 'handle' | 'stop'>;

export const isControl = ({ path }: Received): boolean => path.startsWith('/_control/');

/** What the control endpoints do; each is also a call on the running fake. JSON in and out. */
const ENDPOINTS: Record<string, (fake: Controlled, body: never, id: string) => unknown> = {
  'GET /_control/state': ({ state, faults }) => ({
    runs: state.runs(),
    effects: Object.fromEntries(state.effects),
    requests: state.requests.map(({ query, body, ...rest }) => ({
      ...rest,
      query: `${query}`,
      body: `${body}`,
    })),
    deliveries: state.deliveries,
    faults: faults.active,
  }),
  'POST /_control/faults': ({ faults }, fault: Fault) => void faults.add(fault),
  'DELETE /_control/faults': ({ faults }) => faults.clear(),
  'POST /_control/settings': ({ settings }, changes: Partial<Settings>) =>
    void Object.assign(settings, changes),
  'POST /_control/runs': ({ seedRun }, run: Partial<StoredRun> & { workflow_id: string }) => seedRun(run),
  'POST /_control/runs/{id}/complete': ({ complete, store }, outcome: Outcome, id) => ({
    delivery: complete(id, outcome) ?? null,
    run: store.runs.get(id),
  }),
};

/** Answers a request to a control endpoint. They are for the tester on this machine only. */
export async function control(
  fake: Controlled,
  { method, path, body }: Received,
  isLocal: boolean,
): Promise<Reply> {
  if (!isLocal) return problem(403, 'Control is for this machine only');
  const [, , , id = '', verb] = path.split('/');
  const endpoint = ENDPOINTS[`${method} ${verb ? `/_control/runs/{id}/${verb}` : path}`];
  if (!endpoint) return problem(404, 'No such control');
  try {
    const given = body.byteLength > 0 ? JSON.parse(body.toString('utf8')) : {};
    return { status: 200, body: endpoint(fake, given as never, id) ?? { ok: true } };
  } catch (error) {
    return problem(400, error instanceof Error ? error.message : 'Cannot do that');
  }
}
