import { CALL_TIMEOUT, SECOND } from '../../../lambda/core/model/time.ts';
import { isTerminal } from '../../../lambda/cyberdesk/run-status.ts';
import { canonicalJson } from '../../../lambda/json/write.ts';
import { Front } from './front.ts';
import { IdempotencyKeys, type KeySettings, type Written } from './idempotency-keys.ts';

export interface ModelRun {
  id: string;
  workflow_id: string;
  status: string;
  created_at: string;
  ended_at: string | null;
  session_id: string | null;
  input_values: unknown;
  /** Idempotency key that created it; undefined when it was not created with a key. */
  key: string | undefined;
  /** When it was created, by the true clock. */
  createdAt: number;
  /** From then on, the list shows it. */
  listedAt: number;
  retries: number;
  /** What an answer that is late shows of it, and until when, by the true clock. */
  before: Pick<ModelRun, 'status' | 'ended_at'> & { until: number };
  /** Someone deleted it: the API no longer knows it. */
  isDeleted: boolean;
}

interface ChainContent {
  steps: { workflow_id: string; inputs?: object }[];
  shared_inputs?: object;
  session_id?: string;
}

export interface CyberdeskSettings extends KeySettings {
  /** How far its clock is ahead, in milliseconds. */
  skew: number;
  /** How long a created run may take to be listed, in milliseconds. */
  listedWithin: number;
  /** It always takes as long as that. */
  listsLate?: boolean;
}

export type EffectKind = 'create' | 'chain' | 'retry';

/** By the stated assumption: one lease (60 s) and one call timeout. */
export const ASSUMED = 60 * SECOND + CALL_TIMEOUT;

/** Cyberdesk's API behind its front. What it holds is what really happened. */
export class CyberdeskModel {
  readonly runs = new Map<string, ModelRun>();
  readonly effects: { key: string; runIds: string[]; kind: EffectKind }[] = [];
  readonly attachments = new Map<string, { filename: string; content: Uint8Array }>();
  /** Workflows whose inputs it refuses. */
  readonly refused = new Set<string>();
  readonly front: Front;
  readonly skew: number;
  onEffect: (key: string, runs: ModelRun[], kind: EffectKind) => void = () => {};
  onOtherBody: (key: string) => void = () => {};
  readonly #settings: CyberdeskSettings;
  readonly #keys: IdempotencyKeys;
  #count = 0;

  constructor(settings: CyberdeskSettings) {
    this.#settings = settings;
    this.skew = settings.skew;
    this.front = new Front(settings);
    this.#keys = new IdempotencyKeys(settings, (key) => this.onOtherBody(key));
  }

  /** A run that is started by others than our installation. */
  start(workflowId: string, inputs: unknown, sessionId: string | null = null): ModelRun {
    return this.#create(workflowId, inputs, undefined, sessionId);
  }

  end(run: ModelRun, status: string): void {
    this.#keep(run);
    run.status = status;
    run.ended_at = this.#time();
  }

  restart(run: ModelRun): void {
    this.#keep(run);
    run.status = 'running';
    run.ended_at = null;
    run.retries += 1;
  }

  createRun(body: string, key: string): Written {
    return this.#keys.once(key, body, () => {
      const { workflow_id, input_values } = JSON.parse(body);
      if (this.refused.has(workflow_id)) return { status: 422 };
      const run = this.#create(workflow_id, input_values ?? null, key, null);
      this.#effect(key, [run], 'create');
      return { status: 201, runIds: [run.id] };
    });
  }

  createChain(body: string, key: string): Written {
    return this.#keys.once(key, body, () => {
      const { steps, shared_inputs, session_id }: ChainContent = JSON.parse(body);
      if (steps.some((step) => this.refused.has(step.workflow_id))) return { status: 422 };
      const sessionId = session_id ?? `session-${this.#count + 1}`;
      const runs = steps.map((step) =>
        this.#create(step.workflow_id, { ...shared_inputs, ...step.inputs }, key, sessionId),
      );
      this.#effect(key, runs, 'chain');
      return { status: 201, runIds: runs.map(({ id }) => id), sessionId };
    });
  }

  retryRun(id: string, body: string, key: string): Written {
    return this.#keys.once(key, body, () => {
      const run = this.run(id);
      if (!run) return { status: 404 };
      if (!isTerminal(run.status)) return { status: 409 };
      this.restart(run);
      this.#effect(key, [run], 'retry');
      return { status: 200, runIds: [id] };
    });
  }

  /** A run as an answer shows it that is late. */
  asBefore(run: ModelRun): ModelRun {
    const { status, ended_at, until } = run.before;
    return this.#settings.now() < until ? { ...run, status, ended_at } : run;
  }

  #keep(run: ModelRun): void {
    const { status, ended_at, listedAt, createdAt } = run;
    run.before = { status, ended_at, until: this.#settings.now() + listedAt - createdAt };
  }

  /** A run that the API knows. */
  run(id: string): ModelRun | undefined {
    const run = this.runs.get(id);
    return run?.isDeleted ? undefined : run;
  }

  /** The runs that the list shows now, newest first. */
  listed(): ModelRun[] {
    const now = this.#settings.now();
    return [...this.runs.values()].reverse().filter((run) => run.listedAt <= now && !run.isDeleted);
  }

  /** Runs with the same workflow and inputs. */
  equalRuns(run: ModelRun): ModelRun[] {
    const inputs = canonicalJson(run.input_values ?? {});
    return [...this.runs.values()].filter(
      (other) => other.workflow_id === run.workflow_id && canonicalJson(other.input_values ?? {}) === inputs,
    );
  }

  #time(): string {
    return new Date(this.#settings.now() + this.#settings.skew).toISOString();
  }

  #create(workflowId: string, inputs: unknown, key: string | undefined, sessionId: string | null): ModelRun {
    const { now, random, listedWithin, listsLate } = this.#settings;
    this.#count += 1;
    const createdAt = now();
    const late = listsLate ? 1 : random() < 0.5 ? 0 : random();
    const run: ModelRun = {
      id: `run-${this.#count}`,
      workflow_id: workflowId,
      status: 'scheduling',
      created_at: this.#time(),
      ended_at: null,
      input_values: inputs,
      session_id: sessionId,
      key,
      createdAt,
      listedAt: createdAt + late * listedWithin,
      retries: 0,
      before: { status: 'scheduling', ended_at: null, until: 0 },
      isDeleted: false,
    };
    this.runs.set(run.id, run);
    return run;
  }

  #effect(key: string, runs: ModelRun[], kind: EffectKind): void {
    this.effects.push({ key, runIds: runs.map(({ id }) => id), kind });
    this.onEffect(key, runs, kind);
  }
}
