import { randomUUID } from 'node:crypto';
import { nodeSystem } from '../../../lambda/adapters/system.ts';
import { PAUSE_KEY } from '../../../lambda/core/model/index.ts';
import { update } from '../../../lambda/core/store/index.ts';
import { followUps, notify, publish, startRun } from '../../../lambda/rules/index.ts';
import { type CyberdeskApi, startCyberdeskApi } from '../../../local/cyberdesk-api/server.ts';
import { setApiKey } from '../../../ops/secrets/set.ts';
import { readPause, tableOf } from '../../../ops/stage/table.ts';
import { stubAws } from '../../ops/support/aws.ts';
import type { Emulators } from '../../ops/support/emulators.ts';
import { ENDPOINT_RESOURCES } from '../../ops/support/endpoint.ts';
import { Service } from '../../ops/support/service.ts';
import { createStage, type TestStage } from '../../ops/support/stage.ts';
import { makeUnknown } from '../../ops/support/unknown.ts';

const HOUR = 3_600_000;
/** How old the newest events are: refusals of the same minute would be taken for over. */
const LATELY = 240_000;

/** Workflows as a customer names them. */
const NAMES = ['Intake form', 'Eligibility check', 'File invoices', 'Referral letters', 'Claims status'];

const WORKFLOWS = NAMES.map((name) => ({ id: randomUUID(), name }));
const idOf = (index: number): string => WORKFLOWS[index % WORKFLOWS.length]?.id ?? '';

/** How runs end, in the proportions of an ordinary week. */
const STATUSES = ['success', 'error', 'success', 'success', 'task_failed', 'success', 'success', 'cancelled'];

const refusal = (status: number) =>
  ({ kind: 'failed', status, isJson: true, mayHaveTakenEffect: false }) as const;

/** A deployed stage with a past, on emulators: what the page shows in its screenshots. */
export class Scene {
  readonly stage: TestStage;
  readonly service: Service;
  readonly #api: CyberdeskApi;
  /** When each metric was counted, epoch milliseconds. */
  readonly #counted: Record<string, number[]> = {};

  private constructor(stage: TestStage, api: CyberdeskApi) {
    const { clients } = stubAws({
      GetMetricData: (input: never) => this.#metrics(input),
      ListStackResources: { StackResourceSummaries: ENDPOINT_RESOURCES },
    });
    const { cloudWatch, cloudFormation } = clients;
    this.stage = { ...stage, clients: { ...stage.clients, cloudWatch, cloudFormation } };
    this.service = new Service(this.stage);
    this.#api = api;
    this.service.rules = followUps(
      { name: 'file-invoices', status: 'success', actions: () => startRun({ workflow_id: idOf(2) }) },
      { name: 'publish-completion', actions: () => publish() },
      { name: 'notify-failure', status: ['error', 'task_failed'], actions: () => notify('It failed') },
    );
  }

  static async create(emulators: Emulators): Promise<Scene> {
    const api = await startCyberdeskApi({ apiKey: 'cd_scene', workflows: WORKFLOWS });
    const stage = await createStage(emulators, {
      outputs: { cyberdeskApiUrl: api.url },
    });
    await setApiKey(stage, 'cd_scene');
    return new Scene({ ...stage, stackName: 'CyberdeskWebhooks-dev' }, api);
  }

  close(): Promise<void> {
    return this.#api.close();
  }

  /** Events as they come in an ordinary week: more by day than by night, some refused, a few failed. */
  async past(count: number, hours = 7 * 24): Promise<void> {
    const now = Date.now();
    const start = now - hours * HOUR;
    for (let index = 0; index < count; index += 1) {
      const share = index / count;
      const at = start + (share + 0.018 * Math.sin(share * 14 * Math.PI)) * (now - start) * 0.99;
      await atTime(at, () => this.#event(index));
    }
    // For an hour the secret of another endpoint was set.
    this.#count(
      'SignatureRejected',
      ...Array.from({ length: 17 }, (_, index) => now - 70 * HOUR + index * 200_000),
    );
  }

  /** The newest event, whose follow-up has already come back as another event. */
  followed(): Promise<string> {
    return atTime(Date.now() - LATELY, () => this.#followed());
  }

  async #followed(): Promise<string> {
    this.#count('EventAccepted', Date.now(), Date.now());
    const id = await this.service.deliver({ run: { workflow_id: idOf(0) } });
    await this.service.work();
    const run = this.service.created.at(-1)?.id;
    await this.service.deliver({ run: { id: run, workflow_id: idOf(2), status: 'cancelled' } });
    await this.service.work();
    return id;
  }

  /** An event that failed. */
  failed(status = 422): Promise<string> {
    return atTime(Date.now() - LATELY, () => this.#failed(status));
  }

  async #failed(status: number): Promise<string> {
    this.#count('EventAccepted', Date.now());
    this.#count('FollowUpFailed', Date.now());
    this.service.answer = refusal(status);
    const id = await this.service.deliver({ run: { workflow_id: idOf(1) } });
    await this.service.work();
    this.service.answer = undefined;
    return id;
  }

  /** An event of which it is unknown whether a run was started. */
  async unknown(): Promise<string> {
    const id = await this.failed();
    await makeUnknown(this.stage, id, { workflow_id: idOf(2) });
    return id;
  }

  /** Cyberdesk fails, and another endpoint's secret was set: events wait, and deliveries are refused. */
  async outage(): Promise<void> {
    this.service.answer = refusal(503);
    await atTime(Date.now() - LATELY / 2, async () => {
      for (let index = 0; index < 9; index += 1) {
        this.#count('EventAccepted', Date.now());
        await this.service.deliver({ run: { workflow_id: idOf(index) } });
        if (index < 3) await this.service.work();
      }
    });
    await this.#pause();
    this.#count('SignatureRejected', Date.now(), Date.now(), Date.now());
  }

  /** The first pauses are too short to be looked at. */
  async #pause(): Promise<void> {
    const store = { table: tableOf(this.stage), system: nodeSystem };
    await update(store, await readPause(this.stage), () => ({
      ...PAUSE_KEY,
      v: 1,
      streak: 4,
      until: Date.now() + 240_000,
      cause: { kind: 'failed' as const, status: 503 },
    }));
  }

  async #event(index: number): Promise<void> {
    const workflow_id = idOf(index * 7);
    const status = index % 47 === 11 ? 'scheduling' : STATUSES[(index * 5) % STATUSES.length];
    const isRefused = index % 29 === 5 && status === 'success';
    this.#count('EventAccepted', Date.now());
    if (isRefused) this.#count('FollowUpFailed', Date.now());
    this.service.answer = isRefused ? refusal(422) : undefined;
    if (index % 97 === 40) await this.service.receive('not JSON');
    else await this.service.deliver({ run: { workflow_id, status } });
    await this.service.work();
    this.service.answer = undefined;
  }

  #count(name: string, ...at: number[]): void {
    this.#counted[name] = [...(this.#counted[name] ?? []), ...at];
  }

  /** As CloudWatch answers: sums by period, of the periods that have any. */
  #metrics(input: {
    StartTime: Date;
    EndTime: Date;
    MetricDataQueries: { Label: string; MetricStat: { Period: number } }[];
  }) {
    const MetricDataResults = input.MetricDataQueries.map(({ Label, MetricStat }) => {
      const period = MetricStat.Period * 1000;
      const sums = new Map<number, number>();
      for (const at of this.#counted[Label] ?? []) {
        if (at < input.StartTime.getTime() || at > input.EndTime.getTime()) continue;
        const begin = Math.floor(at / period) * period;
        sums.set(begin, (sums.get(begin) ?? 0) + 1);
      }
      return { Label, Timestamps: [...sums.keys()].map((at) => new Date(at)), Values: [...sums.values()] };
    });
    return { MetricDataResults };
  }
}

/** Does something at another time, by the clock of the protocol, which goes on from there. */
async function atTime<T>(at: number, work: () => Promise<T>): Promise<T> {
  const { now } = Date;
  const begin = now();
  Date.now = () => at + now() - begin;
  try {
    return await work();
  } finally {
    Date.now = now;
  }
}
