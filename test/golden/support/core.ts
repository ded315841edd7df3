/**
 * Everything that the golden tests of the core use of the code and of the other tests' helpers: when files move or
 * names change, this is the one place to adapt.
 */
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/model/index.ts';

export { actionKey } from '../../../lambda/core/model/index.ts';
export {
  type Action,
  notify,
  outputAttachments,
  publish,
  type RuleDefinition,
  retryRun,
  secret,
  startChain,
  startRun,
} from '../../../lambda/rules/index.ts';
export { createdRun, runComplete } from '../../core/support/webhooks.ts';
export { DAY, HOUR, MINUTE, SECOND };

import type {
  CallFailure,
  CallOutcome,
  EventMessage,
  RunSnapshot,
} from '../../../lambda/core/model/index.ts';
import { processMessage, settle, type Wish } from '../../../lambda/core/process/index.ts';
import { receive } from '../../../lambda/core/receive/index.ts';
import { sweep } from '../../../lambda/core/sweep/index.ts';
import { followUps, type RuleDefinition } from '../../../lambda/rules/index.ts';
import { createWorld, type settings, type World } from '../../core/support/world.ts';
import { sweepPorts } from '../../core/sweep/kit.ts';
import { Journal } from './journal.ts';

/** The port's methods by the request that each stands for. */
const REQUESTS = {
  createRun: 'POST /v1/runs',
  createChain: 'POST /v1/runs/chain',
  retryRun: 'POST /v1/runs/{id}/retry',
  getRun: 'GET /v1/runs/{id}',
  findRuns: 'GET /v1/runs',
  getAttachment: 'GET /v1/run-attachments/{id}',
  ping: 'GET /v1/runs?limit=1',
} as const;
type Method = keyof typeof REQUESTS;
type Request = (typeof REQUESTS)[Method];
const methodOf = (request: Request) =>
  (Object.keys(REQUESTS) as Method[]).find((method) => REQUESTS[method] === request) as Method;

/** The core over memory, with a fixed clock, and a journal of all that it does to the outside. */
export class CoreWorld {
  readonly #world: World;
  readonly #journal: Journal;
  readonly #counted: string[];
  #kill: (error: Error) => void = () => {};

  constructor(...rules: RuleDefinition[]) {
    const made = createWorld(...rules);
    this.#world = made;
    this.#counted = made.counted;
    this.#journal = new Journal(() => made.system.now());
    made.model.onPut = (item) => this.#journal.note('put', item);
    this.#listen();
  }

  #listen(): void {
    const { worker, queue, deadLetters, cyberdesk, ports } = this.#world;
    const { topics, system } = worker;
    ports.queue.send = async (message) => {
      const body = JSON.stringify(message);
      this.#journal.note('queue', body);
      queue.send(body, system.now());
    };
    worker.deadLetters.send = async (body, reason) => {
      this.#journal.note('dead letter', { body, reason });
      deadLetters.send(body, system.now(), reason);
    };
    const { notify, publish } = topics;
    worker.topics = {
      notify: (announcement, limit) => {
        this.#journal.note('notify', announcement);
        return notify(announcement, limit);
      },
      publish: (announcement, limit) => {
        this.#journal.note('publish', announcement);
        return publish(announcement, limit);
      },
    };
    const push = cyberdesk.calls.push.bind(cyberdesk.calls);
    cyberdesk.calls.push = (...calls) => {
      for (const { name, args } of calls) this.#journal.note(REQUESTS[name as Method], args);
      return push(...calls);
    };
  }

  /** Takes a webhook in, as the verifier does. */
  async deliver(body: Uint8Array | object, svixId = 'msg_1'): Promise<void> {
    const raw = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
    const receipt = await receive(this.#world.ports, { svixId, body: raw }, 90);
    this.#journal.note('received', receipt);
  }

  /** Has a message processed, until its verdict or the death of its worker. */
  async process(message: object | string = {}, receives = 1): Promise<void> {
    const body =
      typeof message === 'string' ? message : JSON.stringify({ v: 1, event: 'event-1', ...message });
    try {
      const death = new Promise<never>((_, reject) => {
        this.#kill = reject;
      });
      const verdict = await Promise.race([
        processMessage(this.#world.worker, { body, receives, facts: {} }),
        death,
      ]);
      this.#journal.note(
        'message',
        verdict.kind === 'wait' ? { waits_until: verdict.until } : { deleted_as: verdict.outcome },
      );
    } catch (error) {
      this.#journal.note('crash', (error as Error).message);
    }
  }

  /** A person decides about an action of `event-1`, by its position. */
  async settle(choice: Wish['choice'], position = 0): Promise<void> {
    const { ports, cyberdesk, worker, model } = this.#world;
    const event = model.event('event-1');
    if (!event) throw new Error('there is no event');
    const settled = await settle(
      { ...ports, table: worker.table, cyberdesk, settings: worker.settings },
      event,
      {
        position,
        choice,
        by: 'a person',
      },
    );
    this.#journal.note('settled', settled);
  }

  async sweep(): Promise<void> {
    const { ports } = sweepPorts(this.#world);
    const sendAll = async (messages: readonly EventMessage[]) => {
      for (const message of messages) await this.#world.ports.queue.send(message);
      return [];
    };
    const { oldest, resent } = await sweep({ ...ports, queue: { ...ports.queue, sendAll } });
    this.#journal.note('swept', { oldest, resent });
  }

  /** A new invocation, this much later. */
  later(ms: number): void {
    this.#journal.note('later', ms);
    this.#world.later(ms);
  }

  setRandom(value: number): void {
    this.#world.system.randomNumber = value;
  }

  /** From now on a request is answered so; without an outcome as usual. */
  answer(request: Request, outcome?: CallOutcome<unknown> | (() => CallOutcome<unknown>)): void {
    const { answers } = this.#world.cyberdesk;
    const method = methodOf(request);
    if (outcome === undefined) delete answers[method];
    else answers[method] = (typeof outcome === 'function' ? outcome : () => outcome) as never;
  }

  /** From now on a worker dies at this request: nothing that it was doing continues. */
  die(request: Request, message: string): void {
    const die = () => {
      this.#kill(new Error(message));
      return new Promise(() => {});
    };
    this.#world.cyberdesk.answers[methodOf(request)] = die as never;
  }

  fail(request: Request, failure: Partial<CallFailure>): void {
    this.answer(request, { kind: 'failed', isJson: true, mayHaveTakenEffect: false, ...failure });
  }

  /** Runs that the API knows, beside those that are started. */
  addRun(run: RunSnapshot): void {
    this.#world.cyberdesk.runs.push(run);
  }

  setSecret(id: string, value: string, version: string, label = 'AWSCURRENT'): void {
    this.#world.secrets.set(`${id}#${label}`, value, version);
    this.#world.secrets.set(`${id}#${version}`, value, version);
  }

  set(change: Partial<typeof settings>): void {
    this.#world.worker.settings = { ...this.#world.worker.settings, ...change };
  }

  setRules(...rules: RuleDefinition[]): void {
    this.#world.worker.rules = followUps(...rules);
  }

  /** Announcements fail from now on. */
  breakTopics(): void {
    const broken = async () => ({ kind: 'failed' as const, error: 'Error' });
    this.#world.worker.topics = { notify: broken, publish: broken };
  }

  /** Deletes stored pieces of bodies. */
  losePieces(): void {
    for (const [key, { sk }] of this.#world.model.items)
      if (sk === 'body') this.#world.model.items.delete(key);
  }

  now(): number {
    return this.#world.system.now();
  }

  /** Leaves out of the record what happened so far. */
  forgetSteps(): void {
    this.#journal.forget();
  }

  /** Everything that happened, and everything that is stored at the end. */
  record() {
    const items = [...this.#world.model.items.values()];
    return this.#journal.close(items, {
      queue: this.#world.queue.messages.size,
      dead_letters: this.#world.deadLetters.messages.size,
      counted: this.#counted,
    });
  }
}
