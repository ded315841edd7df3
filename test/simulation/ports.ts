import { ATTEMPT_TIMEOUT } from '../../lambda/adapters/client-limits.ts';
import { endedBy } from '../../lambda/adapters/system.ts';
import {
  type Announcement,
  type AnnouncementOutcome,
  CURRENT_VERSION,
  type DeadLetterQueue,
  type DeliveryOutcome,
  type Destinations,
  type Expected,
  type Item,
  type PutOutcome,
  type Queue,
  type ResendQueue,
  type Secrets,
  type Table,
  type Topics,
} from '../../lambda/core/model/index.ts';
import { LONGEST_WAIT, SECOND } from '../../lambda/core/model/time.ts';
import type { SweepPorts } from '../../lambda/core/sweep/index.ts';
import { arrivedOn, type Listed, openEntries } from './model/open-index.ts';
import type { QueueModel } from './model/queue.ts';
import type { SecretsModel } from './model/secrets.ts';
import type { TableModel } from './model/table.ts';
import type { Exchange, Sandbox } from './sandbox.ts';
import type { Service } from './service.ts';

/** A call to AWS was not answered, with the repeats of the SDK behind it. */
export class NoResponseError extends Error {
  override name = 'NoResponseError';
}

/** No answer from AWS, or an invocation that ran out of time. */
export const isExpected = (error: unknown): boolean =>
  error instanceof NoResponseError || (error instanceof Error && error.name === 'AbortError');

/** A process and the SDK in it. */
export interface Caller {
  sandbox: Sandbox;
  /** How often the SDK makes a request at most before it gives up. */
  attempts(): number;
  /** It has no time limit of its own: a request that hangs ends with its invocation, or its process. */
  isPatient?: boolean;
  /** Aborts its requests. */
  signal?: AbortSignal | undefined;
}

/** Makes a request as the SDK does: over and over while there is no answer. A repeat may find the first one's effect. */
export async function request<T>(
  caller: Caller,
  label: () => string,
  service: Service,
  effect: (attempt: number) => T,
): Promise<T> {
  const { sandbox, attempts, signal } = caller;
  let most: number | undefined;
  for (let attempt = 1; ; attempt += 1) {
    if (signal?.aborted) throw abortError();
    const exchange = await limited(
      caller,
      sandbox.exchange(label, service, () => effect(attempt)),
    );
    if (exchange.kind === 'answer') return exchange.value;
    most ??= attempts();
    if (attempt >= most) throw new NoResponseError('no response');
    await sandbox.sleep(sandbox.machine.random() * 100 * 2 ** attempt);
  }
}

/** The exchange, or what the client makes of one that hangs. Others are faster than its limit. */
function limited<T>(
  { sandbox, isPatient, signal }: Caller,
  exchange: Promise<Exchange<T>>,
): Promise<Exchange<T>> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortError());
    signal?.addEventListener('abort', abort);
    const giveUp = () => resolve({ kind: 'failed', tookEffect: true });
    const cancel = isPatient ? () => {} : sandbox.after(ATTEMPT_TIMEOUT, giveUp);
    exchange.then(resolve, reject).finally(() => {
      cancel();
      signal?.removeEventListener('abort', abort);
    });
  });
}

const abortError = () => Object.assign(new Error('aborted'), { name: 'AbortError' });

export const tablePort = (caller: Caller, model: TableModel): Table => ({
  get: (key) =>
    request(
      caller,
      () => `get ${key.pk} ${key.sk}`,
      'table',
      () => model.get(key),
    ),
  put: (item: Item, expected: Expected): Promise<PutOutcome> =>
    request(
      caller,
      () => `put ${item.pk} ${item.sk} if ${expected === 'absent' ? 'absent' : expected.tag}`,
      'table',
      () => model.put(item, expected),
    ),
});

/** @param send Receives the message, and whether the SDK has sent it before. */
export const queuePort = (caller: Caller, send: (body: string, isRepeat: boolean) => void): Queue => ({
  send: (message) =>
    request(
      caller,
      () => `send ${message.event}`,
      'queue',
      (attempt) => send(JSON.stringify(message), attempt > 1),
    ),
});

/** The indexes and batches of reads, each one request. */
export const sweepReads = (
  caller: Caller,
  model: TableModel,
  { isListed, hasArrived }: { isListed: Listed; hasArrived: Listed },
): Pick<SweepPorts, 'arrivals' | 'open' | 'reader'> => ({
  arrivals: {
    list: (day, query) =>
      request(
        caller,
        () => `list arrivals of ${day} from ${query.from}`,
        'table',
        () => arrivedOn(model, day, query, hasArrived),
      ),
  },
  open: {
    list: (shard, query) =>
      request(
        caller,
        () => `list shard ${shard}`,
        'table',
        () => openEntries(model, shard, query, isListed),
      ),
  },
  reader: {
    getAll: (keys) =>
      request(
        caller,
        () => `get ${keys.map(({ pk, sk }) => `${pk} ${sk}`).join(', ')}`,
        'table',
        () => keys.map((key) => model.get(key)),
      ),
  },
});

/** The queue in batches, of which it may take a part only. */
export const resendPort = (
  caller: Caller,
  model: QueueModel,
  send: (body: string, isRepeat: boolean) => void,
): ResendQueue => ({
  sendAll: (messages) =>
    request(
      caller,
      () => `send ${messages.map(({ event }) => event).join(', ')}`,
      'queue',
      (attempt) => {
        const refused = messages.filter(() => caller.sandbox.machine.random() < 0.02);
        for (const message of messages)
          if (!refused.includes(message)) send(JSON.stringify(message), attempt > 1);
        return refused;
      },
    ),
  backlog: () =>
    request(
      caller,
      () => 'count messages',
      'queue',
      () => model.messages.size + model.ballast,
    ),
});

export const deadLetterPort = (
  caller: Caller,
  send: (body: string, reason: string) => void,
): DeadLetterQueue => ({
  send: (body, reason) =>
    request(
      caller,
      () => `dead letter ${body} ${reason}`,
      'queue',
      () => send(body, reason),
    ),
});

/** Hides a message as the adapter of SQS does: for whole seconds, within the limits. */
export const hidePort =
  (caller: Caller, hide: (handle: string, duration: number) => void) =>
  (handle: string, duration: number, signal?: AbortSignal): Promise<void> => {
    const whole = Math.ceil(Math.min(Math.max(duration, 0), LONGEST_WAIT) / SECOND) * SECOND;
    return request(
      { ...caller, signal },
      () => `hide ${handle} for ${whole / SECOND} s`,
      'queue',
      () => hide(handle, whole),
    );
  };

export const secretsPort = (caller: Caller, model: SecretsModel): Secrets => ({
  get: (secretId, version = CURRENT_VERSION, limit) =>
    request(
      limit ? { ...caller, signal: endedBy(caller.sandbox.machine, limit, caller.signal) } : caller,
      () => `secret ${secretId}`,
      'secrets',
      () => model.get(secretId, version),
    ),
});

/** A function of the customer's, which now and then ends in an error. */
export const destinationsPort = (caller: Caller, taken: (dedupeId: string) => void): Destinations => ({
  async deliver({ dedupeId }) {
    try {
      return await request(
        caller,
        () => `deliver ${dedupeId}`,
        'destinations',
        (): DeliveryOutcome => {
          if (caller.sandbox.machine.random() < FAILING)
            return { kind: 'failed', problem: 'function_failed', status: 200 };
          taken(dedupeId);
          return { kind: 'delivered' };
        },
      );
    } catch (error) {
      if (!isExpected(error)) throw error;
      return { kind: 'failed', problem: 'not_delivered' };
    }
  },
});

/** How often a function of the customer's ends in an error. */
export const FAILING = 0.05;

export const topicsPort = (caller: Caller, sent: (dedupeId: string) => void): Topics => {
  const send = async ({ dedupeId }: Announcement): Promise<AnnouncementOutcome> => {
    try {
      await request(
        caller,
        () => `announce ${dedupeId}`,
        'topics',
        () => sent(dedupeId),
      );
      return { kind: 'announced' };
    } catch (error) {
      if (!isExpected(error)) throw error;
      return { kind: 'failed' };
    }
  };
  return { notify: send, publish: send };
};
