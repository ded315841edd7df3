import type { RunList, RunQuery, RunSnapshot } from '../../../lambda/core/model/index.ts';
import { canonicalJson } from '../../../lambda/core/model/keys.ts';
import { CALL_TIMEOUT, SECOND } from '../../../lambda/core/model/time.ts';
import { type Answer, IdempotencyKeys, type KeySettings, type StartedRuns } from './idempotency-keys.ts';

export interface ModelRun extends RunSnapshot {
  input_values: unknown;
  /** Idempotency key that created it; undefined when it was not created with a key. */
  key: string | undefined;
  /** When it was created, by the true clock. */
  createdAt: number;
  /** From then on, the list shows it. */
  listedAt: number;
  retries: number;
}

interface ChainContent {
  steps: { workflow_id: string; inputs?: object }[];
  shared_inputs?: object;
}

export interface CyberdeskSettings extends KeySettings {
  /** How far its clock is ahead, in milliseconds. */
  skew: number;
  /** Its answers carry a `Date` header. */
  datesAnswers: boolean;
  /** How long a created run may take to be listed, in milliseconds. */
  listedWithin: number;
}

/** By the stated assumption: one lease (60 s) and one call timeout. */
export const ASSUMED = 60 * SECOND + CALL_TIMEOUT;

/** Cyberdesk's API. What it holds is what really happened. */
export class CyberdeskModel {
  readonly runs = new Map<string, ModelRun>();
  readonly effects: { key: string; runIds: string[]; kind: 'create' | 'chain' | 'retry' }[] = [];
  readonly attachments = new Map<string, { filename: string; content: Uint8Array }>();
  /** Workflows whose inputs it refuses. */
  readonly refused = new Set<string>();
  apiKey = 'key-1';
  /** Until then every request meets something in front of the API that answers in its place. */
  maintenance: { until: number; status: number; isJson: boolean } = { until: 0, status: 503, isJson: false };
  throttledUntil = 0;
  retryAfterMs: number | undefined;
  /** Requests that the present throttling has refused, and since when it lasts. */
  throttled = { requests: 0, since: 0 };
  onThrottled: () => void = () => {};
  onEffect: (key: string, runs: ModelRun[], kind: 'create' | 'chain' | 'retry') => void = () => {};
  onOtherBody: (key: string) => void = () => {};
  readonly #settings: CyberdeskSettings;
  readonly #keys: IdempotencyKeys;
  #count = 0;

  constructor(settings: CyberdeskSettings) {
    this.#settings = settings;
    this.#keys = new IdempotencyKeys(settings, (key) => this.onOtherBody(key));
  }

  /** A run that is started by others than our installation. */
  start(workflowId: string, inputs: unknown): ModelRun {
    return this.#create(workflowId, inputs, undefined, undefined);
  }

  end(run: ModelRun, status: string): void {
    run.status = status;
    run.ended_at = new Date(this.#settings.now() + this.#settings.skew).toISOString();
  }

  restart(run: ModelRun): void {
    run.status = 'running';
    run.ended_at = null;
    run.retries += 1;
  }

  createRun(body: string, key: string, apiKey: string): Answer<StartedRuns> {
    return this.#write(body, key, apiKey, () => {
      const { workflow_id, input_values } = JSON.parse(body);
      if (this.refused.has(workflow_id)) return { status: 422 };
      const run = this.#create(workflow_id, input_values ?? null, key, undefined);
      this.#effect(key, [run], 'create');
      return { status: 201, value: { runIds: [run.id] } };
    });
  }

  createChain(body: string, key: string, apiKey: string): Answer<StartedRuns> {
    return this.#write(body, key, apiKey, () => {
      const { steps, shared_inputs }: ChainContent = JSON.parse(body);
      if (steps.some((step) => this.refused.has(step.workflow_id))) return { status: 422 };
      const sessionId = `session-${this.#count + 1}`;
      const runs = steps.map((step) =>
        this.#create(step.workflow_id, { ...shared_inputs, ...step.inputs }, key, sessionId),
      );
      this.#effect(key, runs, 'chain');
      return { status: 201, value: { runIds: runs.map(({ id }) => id), sessionId } };
    });
  }

  retryRun(id: string, body: string, key: string, apiKey: string): Answer<StartedRuns> {
    return this.#write(body, key, apiKey, () => {
      const run = this.runs.get(id);
      if (!run) return { status: 404 };
      if (run.ended_at == null) return { status: 409 };
      this.restart(run);
      this.#effect(key, [run], 'retry');
      return { status: 200, value: { runIds: [id] } };
    });
  }

  ping(apiKey: string): Answer<undefined> {
    return this.#refusal(apiKey) ?? { status: 200, value: undefined };
  }

  getRun(id: string, apiKey: string): Answer<RunSnapshot> {
    const refusal = this.#refusal(apiKey);
    if (refusal) return refusal;
    const run = this.runs.get(id);
    return run ? { status: 200, value: { ...run } } : { status: 404 };
  }

  findRuns(
    { workflowId, sessionId, createdFrom, createdTo }: RunQuery,
    apiKey: string,
  ): Answer<RunList & { date?: number }> {
    const refusal = this.#refusal(apiKey);
    if (refusal) return refusal;
    const now = this.#settings.now();
    const value = [...this.runs.values()].filter((run) => {
      const created = Date.parse(run.created_at);
      return (
        run.listedAt <= now &&
        (workflowId === undefined || run.workflow_id === workflowId) &&
        (sessionId === undefined || run.session_id === sessionId) &&
        (createdFrom === undefined || created >= createdFrom) &&
        (createdTo === undefined || created <= createdTo)
      );
    });
    return {
      status: 200,
      value: {
        runs: value.map((run) => ({ ...run })),
        ...(this.#settings.datesAnswers && { date: now + this.#settings.skew }),
      },
    };
  }

  getAttachment(
    id: string,
    apiKey: string,
  ): Answer<{ filename: string; bytes: number; content: Uint8Array }> {
    const refusal = this.#refusal(apiKey);
    if (refusal) return refusal;
    const found = this.attachments.get(id);
    return found ? { status: 200, value: { ...found, bytes: found.content.byteLength } } : { status: 404 };
  }

  /** Runs with the same workflow and inputs. */
  equalRuns(run: ModelRun): ModelRun[] {
    const inputs = canonicalJson(run.input_values ?? {});
    return [...this.runs.values()].filter(
      (other) => other.workflow_id === run.workflow_id && canonicalJson(other.input_values ?? {}) === inputs,
    );
  }

  #write(body: string, key: string, apiKey: string, effect: () => Answer<StartedRuns>): Answer<StartedRuns> {
    return this.#refusal(apiKey) ?? this.#keys.once(key, body, effect);
  }

  #refusal(apiKey: string): Exclude<Answer<never>, { value: never }> | undefined {
    const { until, status, isJson } = this.maintenance;
    if (this.#settings.now() < until) return { status, isJson };
    if (this.#settings.now() < this.throttledUntil) {
      this.throttled.requests += 1;
      this.onThrottled();
      const { retryAfterMs } = this;
      return { status: 429, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
    return apiKey === this.apiKey ? undefined : { status: 401 };
  }

  #create(
    workflowId: string,
    inputs: unknown,
    key: string | undefined,
    sessionId: string | undefined,
  ): ModelRun {
    const { now, skew, random, listedWithin } = this.#settings;
    this.#count += 1;
    const createdAt = now();
    const run: ModelRun = {
      id: `run-${this.#count}`,
      workflow_id: workflowId,
      status: 'scheduling',
      created_at: new Date(createdAt + skew).toISOString(),
      ended_at: null,
      input_values: inputs,
      session_id: sessionId ?? null,
      key,
      createdAt,
      listedAt: createdAt + (random() < 0.5 ? 0 : random() * listedWithin),
      retries: 0,
    };
    this.runs.set(run.id, run);
    return run;
  }

  #effect(key: string, runs: ModelRun[], kind: 'create' | 'chain' | 'retry'): void {
    this.effects.push({ key, runIds: runs.map(({ id }) => id), kind });
    this.onEffect(key, runs, kind);
  }
}
