import { setTimeout as timer } from 'node:timers/promises';
import type { WorkflowResponse } from '../../lambda/cyberdesk/types.ts';
import { type FaultHits, Faults } from '../faults/faults.ts';
import { type Call, type OperationDeps, problem, type Received, type Reply, readCall } from './call.ts';
import type { Delivery } from './deliver.ts';
import { createEndings, type Endings } from './endings.ts';
import { callOf, decidedBy } from './faults.ts';
import { createIdempotency, type Idempotency } from './idempotency.ts';
import type { Api } from './openapi.ts';
import { OPERATIONS } from './operations.ts';
import { type CyberdeskApiOptions, type Outcome, type Settings, settingsOf } from './options.ts';
import { linkedDownload } from './read.ts';
import {
  addRun,
  addWorkflow,
  createStore,
  type DownedMachine,
  type NewRun,
  type Store,
  type StoredRun,
} from './store.ts';

/** The API without its HTTP server. */
export class Fake {
  readonly settings: Settings;
  readonly store: Store;
  /** What goes wrong next. */
  readonly faults = new Faults();
  /** What a test looks at. */
  readonly state: {
    /** Every run, oldest first. */
    runs(): StoredRun[];
    /** Every request except those to the control endpoints, in order, with the bytes of its body. */
    requests: readonly Received[];
    /** How many times the work behind an idempotency key was really done. */
    effects: ReadonlyMap<string, number>;
    /** Announcements of ended runs, in order. */
    deliveries: readonly Delivery[];
  };
  readonly #requests: Received[] = [];
  readonly #stopping = new AbortController();
  readonly #idempotency: Idempotency;
  readonly #endings: Endings;
  readonly #deps: OperationDeps;
  #api: Promise<Api> | undefined;

  /** @param url where the API is served, for links */
  constructor(options: CyberdeskApiOptions, url: () => string) {
    const settings = settingsOf(options);
    const { now = Date.now } = options;
    const store = createStore(() => now() + settings.clockOffsetMs, options.kept);
    for (const workflow of options.workflows ?? []) addWorkflow(store, workflow);
    this.settings = settings;
    this.store = store;
    this.#idempotency = createIdempotency(settings, store.now, options.kept);
    this.#endings = createEndings(store, settings, this.#wait);
    this.#deps = {
      store,
      url,
      isKnown: (id) => this.#isKnown(id),
      scheduled: this.#endings.schedule,
      settings,
    };
    this.state = {
      runs: () => [...store.runs.values()],
      requests: this.#requests,
      effects: this.#idempotency.effects,
      deliveries: this.#endings.deliveries,
    };
  }

  /** Adds a run as it is; nothing ends or announces it. */
  seedRun(run: NewRun): StoredRun {
    return addRun(this.store, run);
  }

  /** Adds a workflow, or changes the given fields of one. */
  seedWorkflow(workflow: Partial<WorkflowResponse> & { id: string }): WorkflowResponse {
    return addWorkflow(this.store, { ...this.store.workflows.get(workflow.id), ...workflow });
  }

  /** Ends a run, and announces it where a webhook is set. @throws Error when it has ended or is unknown */
  complete(runId: string, outcome?: Outcome): Delivery | undefined {
    return this.#endings.complete(runId, outcome);
  }

  /**
   * Machines are down from now on, one if none is given: announces them, and no longer counts them as healthy.
   * @returns undefined where no webhook is set
   */
  reportDowned(...machines: Partial<DownedMachine>[]): Delivery | undefined {
    return this.#endings.reportDowned(machines);
  }

  /** All machines respond again. */
  reportUp(): void {
    this.store.downedMachines.clear();
  }

  /** Answers a request to the API. @throws ConnectionResetError where no response is to be sent */
  async handle(request: Received): Promise<Reply> {
    this.#requests.push(request);
    const linked = linkedDownload(this.store, request);
    if (linked) return linked;
    // Read on the first request: the local run starts this server and must not wait for it.
    this.#api ??= import('./openapi.ts').then(({ loadApi }) => loadApi());
    const api = await this.#api;
    const found = api.find(request.method, request.path);
    if (found.kind === 'wrong_method') return problem(405, 'Method Not Allowed');
    if (found.kind === 'not_found') return problem(404, 'Not Found');
    const hits = this.faults.hits(callOf(request), undefined);
    const decided = await decidedBy(hits.before, this.#wait);
    if (decided) return decided;
    const { route: operation, parameters } = found;
    if (!operation.open && !isAuthorized(request, this.settings.apiKey))
      return problem(401, 'Invalid API key');
    const { call, issues } = readCall(api, operation, parameters, request);
    if (issues.length > 0) return { status: 422, body: { detail: issues } };
    const operate = OPERATIONS[operation.id] ?? (() => problem(501, 'Not in the fake'));
    // The body has been checked against the description from which its type is generated.
    return this.#work(request, hits, () => operate(this.#deps, call as Call<never>));
  }

  /** Ends all waits. */
  stop(): void {
    this.#stopping.abort();
  }

  async #work(request: Received, hits: FaultHits, operate: () => Reply): Promise<Reply> {
    const once = () => this.#idempotency.once(request, () => decidedBy(hits.during, this.#wait), operate);
    if (hits.before.some((fault) => fault.do === 'twice')) await once();
    const reply = await once();
    const decided = await decidedBy(hits.after, this.#wait);
    if (decided && decided.status >= 500 && this.settings.forgetsFailed) this.#idempotency.forget(request);
    return decided ?? reply;
  }

  /** Whether there is such a workflow; unless the settings are strict, every id is one. */
  #isKnown(id: string): boolean {
    if (!this.settings.strictWorkflows && !this.store.workflows.has(id)) addWorkflow(this.store, { id });
    return this.store.workflows.has(id);
  }

  readonly #wait = (ms: number): Promise<void> => timer(ms, undefined, { signal: this.#stopping.signal });
}

function isAuthorized({ headers }: Received, apiKey: string | undefined): boolean {
  const given = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
  return given !== undefined && given === (apiKey ?? given);
}
