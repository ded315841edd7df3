import { setTimeout as timer } from 'node:timers/promises';
import { type Call, problem, type Received, type Reply, readCall, route } from './call.ts';
import { completedEvent, completeRun, type Outcome } from './complete.ts';
import { type Delivery, deliver, newDelivery } from './deliver.ts';
import { createFaults, type Faults } from './faults.ts';
import { createIdempotency } from './idempotency.ts';
import type { Api } from './openapi.ts';
import { type CyberdeskApiOptions, type Settings, settingsOf } from './options.ts';
import * as reads from './read.ts';
import * as starts from './start-runs.ts';
import { addRun, addWorkflow, createStore, type Store, type StoredRun, TERMINAL } from './store.ts';

/** What a test looks at. */
export interface State {
  /** Every run, oldest first. */
  runs(): StoredRun[];
  /** Every request but those to the control endpoints, in order, with the bytes of its body. */
  requests: readonly Received[];
  /** How often the work behind an idempotency key was really done. */
  effects: ReadonlyMap<string, number>;
  /** Announcements of ended runs, in order. */
  deliveries: readonly Delivery[];
}

/** The API without its HTTP server. */
export interface Fake {
  handle(request: Received): Promise<Reply>;
  settings: Settings;
  store: Store;
  faults: Faults;
  state: State;
  /** Adds a run as it stands; nothing ends or announces it. */
  seedRun(run: Partial<StoredRun> & { workflow_id: string }): StoredRun;
  /** Ends a run, and announces it where a webhook is set. */
  complete(runId: string, outcome?: Outcome): Delivery | undefined;
  /** Ends all waits. */
  stop(): void;
}

export function createFake(options: CyberdeskApiOptions, url: () => string): Fake {
  const settings = settingsOf(options);
  const store = createStore(options.now ?? Date.now);
  for (const workflow of options.workflows ?? []) addWorkflow(store, workflow);
  const stopping = new AbortController();
  const wait = (ms: number) => timer(ms, undefined, { signal: stopping.signal });
  const faults = createFaults(wait);
  const idempotency = createIdempotency(settings, store.now);
  const requests: Received[] = [];
  const deliveries: Delivery[] = [];

  const isKnown = (id: string) => {
    if (!settings.strictWorkflows && !store.workflows.has(id)) addWorkflow(store, { id });
    return store.workflows.has(id);
  };
  const complete = (runId: string, outcome?: Outcome): Delivery | undefined => {
    const run = store.runs.get(runId);
    if (!run) throw new Error(`no run ${runId}`);
    completeRun(store, run, outcome);
    if (!settings.webhook || !store.workflows.get(run.workflow_id)?.is_webhooks_enabled) return undefined;
    const delivery = newDelivery(completedEvent(run));
    deliveries.push(delivery);
    deliver(delivery, settings.webhook, wait).catch(() => {
      delivery.state = 'failed';
    });
    return delivery;
  };
  const scheduled = (run: StoredRun) => {
    const { completeAfterMs, outcome } = settings;
    if (completeAfterMs === undefined) return;
    const end = () => {
      // Somebody may have ended it meanwhile.
      if (!TERMINAL.has(run.status)) complete(run.id, typeof outcome === 'function' ? outcome(run) : outcome);
    };
    wait(completeAfterMs).then(end, () => 'the server stops');
  };

  const starting = { store, isKnown, scheduled };
  const reading = { store, url, isKnown, listDelayMs: () => settings.listDelayMs };
  const operations: Record<string, (call: Call) => Reply> = {
    health: () => ({ status: 200, body: { status: 'ok' } }),
    createRun: (call) => starts.createRun(starting, call),
    bulkCreateRuns: (call) => starts.bulkCreateRuns(starting, call),
    createRunChain: (call) => starts.createRunChain(starting, call),
    retryRun: (call) => starts.retryRun(starting, call),
    getRun: (call) => reads.getRun(reading, call),
    listRuns: (call) => reads.listRuns(reading, call),
    getWorkflow: (call) => reads.getWorkflow(reading, call),
    listRunAttachments: (call) => reads.listRunAttachments(reading, call),
    getRunAttachment: (call) => reads.getRunAttachment(reading, call),
    downloadRunAttachment: (call) => reads.downloadRunAttachment(reading, call),
    getRunAttachmentDownloadUrl: (call) => reads.getRunAttachmentDownloadUrl(reading, call),
  };

  // Read on the first request: the local run starts this server and is not to wait for it.
  let loading: Promise<Api> | undefined;
  const load = () => {
    loading ??= import('./openapi.ts').then(({ loadApi }) => loadApi());
    return loading;
  };

  async function handle(request: Received): Promise<Reply> {
    requests.push(request);
    const linked = reads.linkedDownload(store, request);
    if (linked) return linked;
    const api = await load();
    const operation = route(api, request);
    if ('status' in operation) return operation;
    const struck = await faults.strike(request, 'before');
    if (struck) return struck;
    if (!operation.open && !isAuthorized(request, settings.apiKey)) return problem(401, 'Invalid API key');
    const call = readCall(api, operation, request);
    if ('status' in call) return call;
    const reply = await idempotency.once(request, async () => {
      const work = operations[operation.id] ?? (() => problem(501, 'Not in the fake'));
      return (await faults.strike(request, 'during')) ?? work(call);
    });
    return (await faults.strike(request, 'after')) ?? reply;
  }

  return {
    handle,
    settings,
    store,
    faults,
    state: { runs: () => [...store.runs.values()], requests, effects: idempotency.effects, deliveries },
    seedRun: (run) => addRun(store, run),
    complete,
    stop: () => stopping.abort(),
  };
}

function isAuthorized({ headers }: Received, apiKey: string | undefined): boolean {
  const given = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
  return given !== undefined && given === (apiKey ?? given);
}
