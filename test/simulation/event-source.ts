import type { Worker, WorkerSettings } from '../../lambda/core/completion/worker.ts';
import { DAY, HOUR, SECOND } from '../../lambda/core/model/time.ts';
import { PauseGate } from '../../lambda/core/pause/pause-gate.ts';
import { processBatch } from '../../lambda/core/process/batch.ts';
import { hideFor } from '../../lambda/core/process/deferral.ts';
import { processMessage } from '../../lambda/core/process/process-message.ts';
import type { Received } from './model/queue.ts';
import { sqsRecord } from './model/sqs-record.ts';
import {
  CyberdeskPort,
  deadLetterPort,
  NoResponseError,
  secretsPort,
  tablePort,
  topicsPort,
} from './ports.ts';
import { MAX_DEPTH, rulesOf } from './rules.ts';
import type { Sandbox } from './sandbox.ts';
import type { WorldParts } from './world-parts.ts';

const VISIBILITY = 630 * SECOND;
const FUNCTION_TIMEOUT = 45 * SECOND;
/** How long after its start an invocation may begin work. */
const DEADLINE = 30 * SECOND;
const LONGEST_WAIT = 11 * HOUR;

const settings: WorkerSettings = {
  installation: 'account/region/stack',
  stage: 'dev',
  workflowIds: {},
  maxFollowUpDepth: MAX_DEPTH,
  sensitiveSecretArns: ['arn:secret'],
  apiUrl: 'https://api.cyberdesk.io',
  lease: 60 * SECOND,
  idempotencyKeyLifetime: 70 * SECOND,
  repeatUnanswered: true,
  eventRetention: 90 * DAY,
  completionRetention: 180 * DAY,
};

interface Processor {
  sandbox: Sandbox;
  gate: PauseGate;
  cyberdesk: CyberdeskPort;
}

/** Takes batches from the queue to sandboxes that run the processor, and deletes what they are done with. */
export class EventSource {
  readonly #world: WorldParts;
  #idle: Processor[] = [];

  constructor(world: WorldParts) {
    this.#world = world;
  }

  get #settings(): WorkerSettings {
    return { ...settings, ...this.#world.plant.settings };
  }

  /** A message is in the queue, or will be visible at `at`: it polls then. */
  wake(at = this.#world.scheduler.now): void {
    const { scheduler, profile, rng } = this.#world;
    scheduler.at(at + (profile.fixed ? 0 : rng.between(0, 60)), () => this.#poll());
  }

  /** Hands a message out although it is in flight, as a standard queue does now and then. */
  deliverTwice(): void {
    const { queue, scheduler } = this.#world;
    const [message] = [...queue.messages.values()].filter(({ visibleAt }) => visibleAt > scheduler.now);
    if (!message) return;
    this.#world.move('double delivery');
    this.#invoke([queue.hand(message, scheduler.now, VISIBILITY)]);
  }

  #poll(): void {
    const { queue, scheduler, profile, rng } = this.#world;
    const batch = queue.receive(scheduler.now, profile.fixed ? 5 : rng.int(1, 5), VISIBILITY);
    if (batch.length === 0) return;
    this.#invoke(batch);
    this.wake();
  }

  /** A processor that is free: warm or new. */
  #processor(): Processor {
    const world = this.#world;
    const warm = this.#idle.pop();
    const isUsable = warm && !warm.sandbox.isDead && !warm.sandbox.isFrozen;
    if (isUsable && (world.profile.fixed || world.rng.chance(0.7))) return warm;
    const sandbox = world.newSandbox('p');
    const gate = new PauseGate(tablePort(sandbox, world.table), sandbox.system, settings.lease);
    const { repeatUnanswered } = this.#settings;
    const secrets = secretsPort(sandbox, world.secrets);
    const cyberdesk = new CyberdeskPort(sandbox, world.api, secrets, repeatUnanswered);
    return { sandbox, gate, cyberdesk };
  }

  #invoke(batch: Received[]): void {
    const world = this.#world;
    const processor = this.#processor();
    const { sandbox } = processor;
    world.note(sandbox.name, () => `is invoked with ${batch.map(describe).join(', ')}`);
    let isOver = false;
    // Messages of a dead invocation become visible after their visibility time-out, the others at the time that was set.
    const wakeLater = () => {
      for (const { id } of batch) {
        const message = world.queue.messages.get(id);
        if (message) this.wake(message.visibleAt);
      }
    };
    sandbox.onDeath = () => {
      if (!isOver) wakeLater();
      isOver = true;
    };
    world.scheduler.in(FUNCTION_TIMEOUT, () => {
      if (isOver) return;
      // A frozen one may go on much later, as if nothing had happened.
      if (!sandbox.isFrozen || world.rng.chance(0.3)) sandbox.die();
      else wakeLater();
    });
    const worker = this.#worker(processor);
    worker.gate.begin(worker);
    void runBatch(batch, (record) => this.#handle(sandbox, worker, record)).then((done) => {
      if (sandbox.isDead) return;
      isOver = true;
      for (const { handle } of done) {
        // The event source deletes the message; now and then that request gets lost.
        if (world.profile.fixed || !world.rng.chance(0.01)) world.queue.delete(handle);
      }
      this.#idle.push(processor);
      wakeLater();
    });
  }

  #worker({ sandbox, gate, cyberdesk }: Processor): Worker {
    const { table, deadLetters, secrets, oracle, repaired, scheduler } = this.#world;
    return {
      table: tablePort(sandbox, table),
      deadLetters: deadLetterPort(sandbox, deadLetters, () => scheduler.now),
      cyberdesk,
      secrets: secretsPort(sandbox, secrets),
      topics: topicsPort(sandbox, (id) => void oracle.announced.add(id)),
      system: sandbox.system,
      gate,
      rules: rulesOf(repaired, () => sandbox.die()),
      settings: this.#settings,
      deadline: sandbox.system.now() + DEADLINE,
      count: () => {},
    };
  }

  /** As the function's handler does: true when the message is done with. */
  async #handle(sandbox: Sandbox, worker: Worker, record: Received): Promise<boolean> {
    const world = this.#world;
    const { plant } = world;
    try {
      const { event }: { event: string } = JSON.parse(record.body);
      const own = plant.worker?.(worker, world, event) ?? worker;
      const verdict = await (plant.handle ?? processMessage)(own, record, world);
      world.note(sandbox.name, () => `${record.id}: ${JSON.stringify(verdict)}`);
      if (verdict.kind === 'acknowledge') return true;
      await this.#hide(sandbox, record, verdict.until - sandbox.system.now());
    } catch (error) {
      if (!(error instanceof NoResponseError)) world.unexpected(error);
      world.note(sandbox.name, () => `${record.id}: ${error}`);
      await this.#hide(sandbox, record, undefined);
    }
    return false;
  }

  async #hide(sandbox: Sandbox, record: Received, wanted: number | undefined): Promise<void> {
    const { queue, scheduler } = this.#world;
    const wait = Math.min(Math.max(hideFor(wanted, record.receives), 0), LONGEST_WAIT);
    const whole = Math.ceil(wait / SECOND) * SECOND;
    const hide = () => {
      queue.changeVisibility(record.handle, whole, scheduler.now);
      this.wake(scheduler.now + whole);
    };
    await sandbox.exchange(() => `hide ${record.id} for ${whole / SECOND} s`, 'queue', hide);
  }
}

const describe = ({ body, receives }: Received) => `${body} (${receives})`;

/** Runs a batch as the function does. Returns the records that it is done with. */
async function runBatch(
  batch: Received[],
  handle: (record: Received) => Promise<boolean>,
): Promise<Received[]> {
  const Records = batch.map(({ id, body, receives }) => sqsRecord(id, { body, receives }));
  const byId = new Map(batch.map((record) => [record.id, record]));
  const response = await processBatch({ Records }, async ({ messageId }) => {
    const record = byId.get(messageId);
    return record !== undefined && handle(record);
  });
  const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return batch.filter(({ id }) => !failed.has(id));
}
