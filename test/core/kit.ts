import type { Worker, WorkerSettings } from '../../lambda/core/completion/worker.ts';
import type {
  Announcement,
  CallOutcome,
  Cyberdesk,
  RunSnapshot,
  SecretLookup,
  Secrets,
  System,
  Table,
} from '../../lambda/core/model/index.ts';
import { DAY, SECOND } from '../../lambda/core/model/time.ts';
import { PauseGate } from '../../lambda/core/pause/pause-gate.ts';
import { followUps, type RuleDefinition, startRun } from '../../lambda/rules/index.ts';
import { QueueModel } from '../simulation/model/queue.ts';
import { TableModel } from '../simulation/model/table.ts';

export const START = Date.parse('2026-11-25T10:00:00Z');

/** A clock that a test moves, and dice that always say the same. */
export class TestSystem implements System {
  time = START;
  dice = 0;
  #tokens = 0;
  now = () => this.time;
  random = () => this.dice;
  sleep = async (ms: number) => {
    this.time += ms;
  };
  token = () => {
    this.#tokens += 1;
    return `token-${this.#tokens}`;
  };
}

export const asTable = (model: TableModel): Table => ({
  get: async (key) => model.get(key),
  put: async (item, expected) => model.put(item, expected),
});

/** Cyberdesk's API, whose answers a test sets; it notes what it was asked. */
export class TestCyberdesk implements Cyberdesk {
  readonly calls: { name: string; args: unknown[] }[] = [];
  runs: RunSnapshot[] = [];
  answers: Partial<Record<keyof Cyberdesk, (...args: never[]) => CallOutcome<never>>> = {};
  #count = 0;

  #call<T>(name: keyof Cyberdesk, args: unknown[], usual: () => CallOutcome<T>): Promise<CallOutcome<T>> {
    this.calls.push({ name, args });
    const answer = this.answers[name] as ((...args: unknown[]) => CallOutcome<T>) | undefined;
    return Promise.resolve(answer ? answer(...args) : usual());
  }

  named = (name: string) => this.calls.filter((call) => call.name === name);

  createRun: Cyberdesk['createRun'] = (...args) =>
    this.#call('createRun', args, () => {
      this.#count += 1;
      return { kind: 'answered', value: { runIds: [`started-${this.#count}`] } };
    });
  createChain: Cyberdesk['createChain'] = (...args) =>
    this.#call('createChain', args, () => ({
      kind: 'answered',
      value: { runIds: ['step-1', 'step-2'], sessionId: 'session' },
    }));
  retryRun: Cyberdesk['retryRun'] = (...args) =>
    this.#call('retryRun', args, () => ({ kind: 'answered', value: { runIds: [args[0]] } }));
  getRun: Cyberdesk['getRun'] = (...args) =>
    this.#call('getRun', args, () => {
      const value = this.runs.find(({ id }) => id === args[0]);
      return value ? { kind: 'answered', value } : { kind: 'failed', status: 404, isJson: true, mayHaveTakenEffect: false };
    });
  findRuns: Cyberdesk['findRuns'] = (...args) =>
    this.#call('findRuns', args, () => {
      const [{ workflowId, sessionId }] = args;
      const value = this.runs.filter(
        (run) =>
          (workflowId === undefined || run.workflow_id === workflowId) &&
          (sessionId === undefined || run.session_id === sessionId),
      );
      return { kind: 'answered', value };
    });
  ping: Cyberdesk['ping'] = (...args) =>
    this.#call('ping', args, () => ({ kind: 'answered', value: undefined }));
  getAttachment: Cyberdesk['getAttachment'] = (...args) =>
    this.#call('getAttachment', args, () => ({ kind: 'failed', status: 404, isJson: true, mayHaveTakenEffect: false }));
}

export class TestSecrets implements Secrets {
  readonly values = new Map<string, SecretLookup>();
  failing = false;
  asked = 0;
  /** `id` is the secret's, followed by `#` and a stage or version id. */
  set(id: string, value: string, versionId = 'v1', createdAt = START): void {
    this.values.set(id, { kind: 'found', value, versionId, createdAt });
  }
  get: Secrets['get'] = async (secretId, version = { stage: 'AWSCURRENT' }) => {
    this.asked += 1;
    if (this.failing) throw new Error('Secrets Manager is down');
    return (
      this.values.get(`${secretId}#${'id' in version ? version.id : version.stage}`) ?? { kind: 'missing' }
    );
  };
}

export const settings: WorkerSettings = {
  installation: '111122223333/eu-central-1/CyberdeskWebhooks-dev',
  stage: 'dev',
  workflowIds: { next: 'workflow-next' },
  maxFollowUpDepth: 5,
  sensitiveSecretArns: ['arn:secret'],
  apiUrl: 'https://api.cyberdesk.io',
  lease: 60 * SECOND,
  eventRetention: 90 * DAY,
  completionRetention: 180 * DAY,
};

export const startNext: RuleDefinition = {
  name: 'start-next',
  status: 'success',
  exceptWorkflow: (ids) => ids.next,
  actions: ({ run, workflowIds }) =>
    startRun({
      workflow_id: workflowIds.next as string,
      input_values: { summary: run.output_data?.summary },
    }),
};

/** Everything a worker needs, in memory, at the start of an invocation. */
export function world(...rules: RuleDefinition[]) {
  const system = new TestSystem();
  const model = new TableModel();
  const table = asTable(model);
  const deadLetters = new QueueModel();
  const queue = new QueueModel();
  const cyberdesk = new TestCyberdesk();
  const secrets = new TestSecrets();
  const announced: (Announcement & { topic: string })[] = [];
  const counted: string[] = [];
  const gate = new PauseGate(table, system, settings.lease);
  const worker: Worker = {
    table,
    deadLetters: { send: async (body, reason) => void deadLetters.send(body, system.now(), reason) },
    cyberdesk,
    secrets,
    topics: {
      notify: async (announcement) => void announced.push({ ...announcement, topic: 'notify' }),
      publish: async (announcement) => void announced.push({ ...announcement, topic: 'publish' }),
    },
    system,
    gate,
    rules: followUps(...rules),
    settings,
    deadline: START + 30 * SECOND,
    count: (metric) => counted.push(metric),
  };
  const ports = {
    table,
    system,
    queue: { send: async (m: object) => void queue.send(JSON.stringify(m), system.now()) },
  };
  /** A new invocation at a later time. */
  const later = (ms: number) => {
    system.time += ms;
    worker.deadline = system.time + 30 * SECOND;
    gate.begin(worker);
  };
  return {
    system,
    model,
    table,
    queue,
    deadLetters,
    cyberdesk,
    secrets,
    announced,
    counted,
    worker,
    ports,
    later,
  };
}

export const runComplete = (run: Record<string, unknown> = {}, envelope: Record<string, unknown> = {}) =>
  Buffer.from(
    JSON.stringify({
      event_id: 'event-1',
      event_type: 'run_complete',
      run: {
        id: 'run-1',
        workflow_id: 'workflow-first',
        status: 'success',
        ended_at: '2026-11-25T09:59:58.123456+00:00',
        output_data: { summary: 'three invoices filed' },
        ...run,
      },
      ...envelope,
    }),
  );
