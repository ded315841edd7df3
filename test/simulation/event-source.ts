import type { SQSBatchResponse } from 'aws-lambda';
import { SECOND } from '../../lambda/core/model/time.ts';
import { type Processor, processEvents } from '../../lambda/processor/processor.ts';
import type { FollowUps } from '../../lambda/rules/follow-ups.ts';
import { FUNCTION_TIMEOUT, type Functions, type ProcessorParts } from './functions.ts';
import { eventOf } from './message-body.ts';
import type { Received } from './model/queue.ts';
import { sqsRecord } from './model/sqs-record.ts';
import { isExpected } from './ports.ts';
import { VISIBILITY } from './receives.ts';
import { rulesOf } from './rules.ts';
import type { Sandbox } from './sandbox.ts';
import type { WorldParts } from './world-parts.ts';

interface WarmProcessor {
  sandbox: Sandbox;
  parts: ProcessorParts;
  rules: (repaired: boolean) => FollowUps;
}

/** Takes batches from the queue to sandboxes that run the processor, and deletes what they are done with. */
export class EventSource {
  readonly #world: WorldParts;
  readonly #functions: Functions;
  #idle: WarmProcessor[] = [];
  /** Times for which a poll is planned. */
  readonly #polls = new Set<number>();

  constructor(world: WorldParts, functions: Functions) {
    this.#world = world;
    this.#functions = functions;
  }

  /** A message is in the queue, or will be visible at `at`: it polls then. */
  wake(at = this.#world.scheduler.now): void {
    const { scheduler, profile, rng } = this.#world;
    if (this.#polls.has(at)) return;
    this.#polls.add(at);
    scheduler.at(at + (profile.fixed ? 0 : rng.between(0, 60)), () => {
      this.#polls.delete(at);
      this.#poll();
    });
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
    const { queue, scheduler, profile, rng, plant } = this.#world;
    const fullUntil = queue.fullUntil(scheduler.now);
    if (fullUntil !== undefined) {
      this.wake(fullUntil);
      return;
    }
    const isAlone = plant.ports !== undefined || plant.around !== undefined;
    const most = isAlone ? 1 : profile.fixed ? 5 : rng.int(1, 5);
    const batch = queue.receive(scheduler.now, most, VISIBILITY);
    if (batch.length === 0) return;
    this.#invoke(batch);
    this.wake();
  }

  /** A processor that is free: warm or new. */
  #processor(): WarmProcessor {
    const world = this.#world;
    const warm = this.#idle.pop();
    const isUsable =
      warm && world.releases.allows(warm.sandbox) && !warm.sandbox.isDead && !warm.sandbox.isFrozen;
    if (isUsable && (world.profile.fixed || world.rng.chance(0.7))) return warm;
    const sandbox = world.newSandbox('p');
    const rules = rulesOf(() => sandbox.die());
    return { sandbox, parts: this.#functions.processor(sandbox), rules };
  }

  #invoke(batch: Received[]): void {
    const world = this.#world;
    const { scheduler, oracle } = world;
    const processor = this.#processor();
    const { sandbox } = processor;
    world.note(sandbox.name, () => `is invoked with ${batch.map(describe).join(', ')}`);
    let isOver = false;
    // Messages of a dead invocation become visible after their visibility timeout, the others at the time that was set.
    const wakeLater = () => {
      for (const { id } of batch) {
        const message = world.queue.messages.get(id);
        if (message) this.wake(message.visibleAt);
      }
    };
    sandbox.onDeath = () => {
      if (isOver) return;
      isOver = true;
      world.measure('Errors Processor', 1);
      oracle.onDeath(batch);
      wakeLater();
    };
    oracle.onReceive(batch);
    if (scheduler.now < world.brokenUntil) {
      sandbox.die();
      return;
    }
    const since = {
      all: world.faultCount(),
      random: world.faults.total,
      ofTable: world.faultCount('table'),
      held: oracle.workers.begin(sandbox.name),
    };
    const timeout = scheduler.in(FUNCTION_TIMEOUT, () => {
      if (isOver) return;
      if (world.faults.total === since.random) oracle.onTimeout(batch);
      // A frozen one may go on much later, as if nothing had happened.
      if (!sandbox.isFrozen || world.rng.chance(0.3)) sandbox.die();
      else wakeLater();
    });
    const end = (response: SQSBatchResponse) => {
      if (sandbox.isDead) return;
      isOver = true;
      timeout.isCancelled = true;
      sandbox.rest();
      this.#idle.push(processor);
      const failed = this.#take(batch, response);
      wakeLater();
      if (world.faultCount('table') === since.ofTable) oracle.onRest(sandbox.name, since.held);
      oracle.workers.end(sandbox.name);
      if (world.faultCount() === since.all) oracle.onReturn(failed);
    };
    this.#run(processor, batch)
      .then(end)
      .catch((error: unknown) => world.unexpected(error));
  }

  /** Deletes what a function is done with, and returns the others. */
  #take(batch: Received[], { batchItemFailures }: SQSBatchResponse): Received[] {
    const { profile, queue, rng } = this.#world;
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { id, handle } of batch) {
      // Now and then that request gets lost.
      const isLost = !profile.fixed && rng.chance(0.01);
      if (!failed.has(id) && !isLost) queue.delete(handle);
    }
    return batch.filter(({ id }) => failed.has(id));
  }

  /** Runs the function's own code over a batch. */
  #run({ sandbox, parts, rules }: WarmProcessor, batch: Received[]): Promise<SQSBatchResponse> {
    const world = this.#world;
    const { plant } = world;
    const [first] = batch;
    const processor: Processor = {
      ...parts,
      ...(plant.hide && { hide: plant.hide(parts, world) }),
      ...(plant.functionTimeout && { functionTimeout: plant.functionTimeout }),
      ports(signal) {
        const ports = { ...parts.ports(signal), system: parts.machine };
        return plant.ports && first ? plant.ports(ports, world, eventOf(first.body)) : ports;
      },
      rules: rules(world.repaired),
      log: (_level, message, ...facts) => this.#log(sandbox, message, facts[0]),
      count: (metric) => {
        world.oracle.onCount(metric);
        world.measure(metric, 1);
      },
      time: (metric, duration) => world.measure(metric, duration / SECOND),
    };
    const Records = batch.map(({ id, ...received }) => sqsRecord(id, received));
    const remaining = plant.functionTimeout ?? FUNCTION_TIMEOUT;
    const invoke = () => processEvents(processor, { Records }, { getRemainingTimeInMillis: () => remaining });
    return plant.around && first ? plant.around(invoke, first, world) : invoke();
  }

  #log({ name }: Sandbox, message: string, facts: unknown): void {
    const error = Object(facts).error;
    if (error !== undefined && !isExpected(error)) this.#world.unexpected(error);
    this.#world.note(name, () => `${message}: ${error ? String(error) : JSON.stringify(facts)}`);
  }
}

const describe = ({ body, receives }: Received) => `${body} (${receives})`;
