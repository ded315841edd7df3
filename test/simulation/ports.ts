import {
  type Attachment,
  type CallLimit,
  type CallOutcome,
  CURRENT_VERSION,
  type Cyberdesk,
  type DeadLetterQueue,
  type Expected,
  type Item,
  type PutOutcome,
  type Queue,
  type ResendQueue,
  type Secrets,
  type Table,
  type Topics,
} from '../../lambda/core/model/index.ts';
import { CALL_TIMEOUT, SECOND } from '../../lambda/core/model/time.ts';
import type { SweepPorts } from '../../lambda/core/sweep/index.ts';
import type { CyberdeskModel } from './model/cyberdesk.ts';
import type { Answer } from './model/idempotency-keys.ts';
import { type Listed, openEntries } from './model/open-index.ts';
import type { QueueModel } from './model/queue.ts';
import type { SecretsModel } from './model/secrets.ts';
import type { TableModel } from './model/table.ts';
import type { Exchange, Sandbox } from './sandbox.ts';
import type { Service } from './service.ts';

/** A call to AWS was not answered. */
export class NoResponseError extends Error {
  override name = 'NoResponseError';
}

const answered = <T>(exchange: Exchange<T>): T => {
  if (exchange.kind === 'failed') throw new NoResponseError('no response');
  return exchange.value;
};

export const tablePort = (sandbox: Sandbox, model: TableModel): Table => ({
  get: async (key) =>
    answered(
      await sandbox.exchange(
        () => `get ${key.pk} ${key.sk}`,
        'table',
        () => model.get(key),
      ),
    ),
  put: async (item: Item, expected: Expected): Promise<PutOutcome> => {
    const condition = expected === 'absent' ? 'absent' : expected.tag;
    const put = (again: string) =>
      sandbox.exchange(
        () => `put ${item.pk} ${item.sk} if ${condition}${again}`,
        'table',
        () => model.put(item, expected),
      );
    const first = await put('');
    if (first.kind === 'answer') return first.value;
    // The SDK repeats a put whose response was lost; it may find its own first write.
    if (sandbox.system.random() < 0.5) throw new NoResponseError('no response');
    return answered(await put(' (again)'));
  },
});

export const queuePort = (sandbox: Sandbox, send: (body: string) => void): Queue => ({
  send: async (message) =>
    answered(
      await sandbox.exchange(
        () => `send ${message.event}`,
        'queue',
        () => send(JSON.stringify(message)),
      ),
    ),
});

/** The open index and batches of reads, each one request. */
export const sweepReads = (
  sandbox: Sandbox,
  model: TableModel,
  isListed: Listed,
): Pick<SweepPorts, 'open' | 'reader'> => ({
  open: {
    list: async (shard, query) =>
      answered(
        await sandbox.exchange(
          () => `list shard ${shard}`,
          'table',
          () => openEntries(model, shard, query, isListed),
        ),
      ),
  },
  reader: {
    getAll: async (keys) =>
      answered(
        await sandbox.exchange(
          () => `get ${keys.map(({ pk, sk }) => `${pk} ${sk}`).join(', ')}`,
          'table',
          () => keys.map((key) => model.get(key)),
        ),
      ),
  },
});

/** The queue in batches, of which it may take a part only. */
export const resendPort = (
  sandbox: Sandbox,
  model: QueueModel,
  send: (body: string) => void,
): ResendQueue => ({
  sendAll: async (messages) =>
    answered(
      await sandbox.exchange(
        () => `send ${messages.map(({ event }) => event).join(', ')}`,
        'queue',
        () => {
          const refused = messages.filter(() => sandbox.system.random() < 0.02);
          for (const message of messages) if (!refused.includes(message)) send(JSON.stringify(message));
          return refused;
        },
      ),
    ),
  backlog: async () =>
    answered(
      await sandbox.exchange(
        () => 'count messages',
        'queue',
        () => model.messages.size,
      ),
    ),
});

export const deadLetterPort = (sandbox: Sandbox, model: QueueModel, now: () => number): DeadLetterQueue => ({
  send: async (body, reason) =>
    answered(
      await sandbox.exchange(
        () => `dead letter ${body} ${reason}`,
        'queue',
        () => void model.send(body, now(), reason),
      ),
    ),
});

export const secretsPort = (sandbox: Sandbox, model: SecretsModel): Secrets => ({
  get: async (secretId, version = CURRENT_VERSION) =>
    answered(
      await sandbox.exchange(
        () => `secret ${secretId}`,
        'secrets',
        () => model.get(secretId, version),
      ),
    ),
});

export const topicsPort = (sandbox: Sandbox, sent: (dedupeId: string) => void): Topics => {
  const send = async (dedupeId: string) =>
    answered(
      await sandbox.exchange(
        () => `announce ${dedupeId}`,
        'topics',
        () => sent(dedupeId),
      ),
    );
  return { notify: ({ dedupeId }) => send(dedupeId), publish: ({ dedupeId }) => send(dedupeId) };
};

const API_KEY = 'api-key';

/** Cyberdesk behind its client, which retries within a call and reads a refused key again once. */
export class CyberdeskPort implements Cyberdesk {
  readonly #sandbox: Sandbox;
  readonly #model: CyberdeskModel;
  readonly #secrets: Secrets;
  readonly #repeatUnanswered: boolean;
  #apiKey: string | undefined;

  constructor(sandbox: Sandbox, model: CyberdeskModel, secrets: Secrets, repeatUnanswered: boolean) {
    this.#sandbox = sandbox;
    this.#model = model;
    this.#secrets = secrets;
    this.#repeatUnanswered = repeatUnanswered;
  }

  createRun: Cyberdesk['createRun'] = (body, key, limit) =>
    this.#call('create run', limit, true, (apiKey) => this.#model.createRun(body, key, apiKey));
  createChain: Cyberdesk['createChain'] = (body, key, limit) =>
    this.#call('create chain', limit, true, (apiKey) => this.#model.createChain(body, key, apiKey));
  retryRun: Cyberdesk['retryRun'] = (id, body, key, limit) =>
    this.#call(`retry ${id}`, limit, true, (apiKey) => this.#model.retryRun(id, body, key, apiKey));
  getRun: Cyberdesk['getRun'] = (id, limit) =>
    this.#call(`get ${id}`, limit, false, (apiKey) => this.#model.getRun(id, apiKey));
  findRuns: Cyberdesk['findRuns'] = (query, limit) =>
    this.#call('list runs', limit, false, (apiKey) => {
      const answer = this.#model.findRuns(query, apiKey);
      if (!('value' in answer)) return answer;
      const { runs, date } = answer.value;
      if (date === undefined) return { ...answer, value: { runs } };
      // As the header gives it: in whole seconds, some time before it is read.
      const clockOffset = Math.floor(date / SECOND) * SECOND - this.#sandbox.system.now();
      return { ...answer, value: { runs, clockOffset } };
    });
  ping: Cyberdesk['ping'] = (limit) => this.#call('ping', limit, false, (apiKey) => this.#model.ping(apiKey));
  getAttachment: Cyberdesk['getAttachment'] = (id, maxBytes, limit) =>
    this.#call(`get attachment ${id}`, limit, false, (apiKey): Answer<Attachment> => {
      const answer = this.#model.getAttachment(id, apiKey);
      if (!('value' in answer) || answer.value.bytes <= maxBytes) return answer;
      const { filename, bytes } = answer.value;
      return { status: 200, value: { filename, bytes } };
    });

  async #call<T>(
    label: string,
    { until }: CallLimit,
    writes: boolean,
    arrive: (apiKey: string) => Answer<T>,
  ): Promise<CallOutcome<T>> {
    const { system } = this.#sandbox;
    const end = Math.min(until, system.now() + 30 * SECOND);
    let mayHaveTakenEffect = false;
    let refetched = false;
    for (let attempt = 0; ; attempt += 1) {
      // The first attempt is sent immediately after the check before it, unless a key must be fetched.
      const apiKey = this.#apiKey ?? (await this.#fetchKey());
      if (apiKey === undefined) return { kind: 'failed', mayHaveTakenEffect, notAsked: true };
      const left = end - system.now();
      if (left <= 0) return { kind: 'failed', mayHaveTakenEffect };
      const exchange = await this.#sandbox.exchange(
        () => label,
        'api' satisfies Service,
        () => arrive(apiKey),
        { until: system.now() + Math.min(CALL_TIMEOUT, left), prompt: true },
      );
      let failed: CallOutcome<T>;
      if (exchange.kind === 'failed') {
        mayHaveTakenEffect ||= writes && exchange.maybe;
        failed = { kind: 'failed', mayHaveTakenEffect };
      } else {
        const answer = exchange.value;
        if ('value' in answer) return { kind: 'answered', value: answer.value };
        failed = { kind: 'failed', isJson: true, mayHaveTakenEffect, ...answer };
        if (answer.status === 401) {
          this.#apiKey = undefined;
          if (refetched) return failed;
          refetched = true;
          continue;
        }
        if (!answer.inProgress) return failed;
        mayHaveTakenEffect ||= writes;
        failed = { ...failed, mayHaveTakenEffect };
      }
      if (mayHaveTakenEffect && !this.#repeatUnanswered) return failed;
      const delay = system.random() * 500 * 2 ** attempt;
      if (attempt === 2 || system.now() + delay >= end) return failed;
      await this.#sandbox.sleep(delay);
    }
  }

  async #fetchKey(): Promise<string | undefined> {
    try {
      const found = await this.#secrets.get(API_KEY);
      this.#apiKey = found.kind === 'found' ? found.value : undefined;
      return this.#apiKey;
    } catch {
      return undefined;
    }
  }
}
