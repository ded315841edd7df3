import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Facts, Level } from '../adapters/log.ts';
import type { Machine } from '../adapters/system.ts';
import type { Worker, WorkerSettings } from '../core/completion/index.ts';
import { type ProcessorMetric, RECORDING_TIME, SECOND } from '../core/model/index.ts';
import type { PauseGate } from '../core/pause/index.ts';
import {
  hideFor,
  type MessageFacts,
  type Outcome,
  processBatch,
  processMessage,
} from '../core/process/index.ts';
import type { FollowUps } from '../rules/follow-ups.ts';

/** AWS calls end this long before the function does, so that nothing is left running in a frozen sandbox. */
const LAST_CALLS = 2 * SECOND;
/** Milliseconds for hiding a message: enough to notice that a connection has died, and to use another one. */
const HIDE_TIMEOUT = 6 * SECOND;
/** For as long as this, an invocation that can hide nothing more only returns. Milliseconds. */
const LAST_MOMENT = SECOND / 2;

/** What a processor holds on to from one invocation to the next, and what it gets for each. */
export interface Processor {
  /** The ports of one invocation, all of whose AWS calls the signal ends. */
  ports(
    signal: AbortSignal,
  ): Pick<Worker, 'table' | 'deadLetters' | 'cyberdesk' | 'secrets' | 'topics' | 'destinations'>;
  /** Hides a received message for so many milliseconds from now. @param signal Aborts the call. */
  hide(receiptHandle: string, duration: number, signal: AbortSignal): Promise<void>;
  gate: PauseGate;
  machine: Machine;
  rules: FollowUps;
  settings: WorkerSettings;
  /** Milliseconds. */
  functionTimeout: number;
  /** Writes a line, with what has been counted and timed since the one before. */
  log(level: Level, message: string, facts?: Facts): void;
  count(metric: ProcessorMetric): void;
  /** Records a duration in milliseconds. */
  time(metric: ProcessorMetric, duration: number): void;
}

/** Drives the follow-ups of a batch of finished runs. */
export function processEvents(
  processor: Processor,
  batch: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<SQSBatchResponse> {
  const { machine, functionTimeout, gate, rules, settings, count, time } = processor;
  const end = machine.now() + Math.min(functionTimeout, context.getRemainingTimeInMillis());
  const worker: Worker = {
    ...processor.ports(machine.abortAfter(end - LAST_CALLS - machine.now())),
    system: machine,
    gate,
    rules,
    settings,
    deadline: end - RECORDING_TIME,
    count,
    time,
  };
  gate.begin(worker);
  // Several may have to be hidden one after the other from a queue that hangs.
  const hide = (receiptHandle: string, duration: number): Promise<void> =>
    processor.hide(
      receiptHandle,
      duration,
      machine.abortAfter(Math.min(HIDE_TIMEOUT, end - LAST_MOMENT - machine.now())),
    );
  return processBatch(batch, (record) => handleRecord({ ...processor, hide }, worker, record));
}

/** Each of these left a message in the dead-letter queue. */
const NEEDS_PERSON: ReadonlySet<string> = new Set(['failed', 'dead_lettered'] satisfies Outcome[]);

type Handling = Pick<Processor, 'machine' | 'log' | 'count'> & {
  hide(receiptHandle: string, duration: number): Promise<void>;
};

/** True if the message can be acknowledged. */
async function handleRecord(
  { machine, hide, log, count }: Handling,
  worker: Worker,
  record: SQSRecord,
): Promise<boolean> {
  const { body, receiptHandle, attributes, messageId: message_id } = record;
  const receives = Number(attributes.ApproximateReceiveCount);
  const facts: MessageFacts = {};
  let isHiding = false;
  try {
    const verdict = await processMessage(worker, { body, receives, facts });
    if (verdict.kind === 'acknowledge') {
      const { outcome } = verdict;
      log(NEEDS_PERSON.has(outcome) ? 'error' : 'info', 'message done', {
        message_id,
        ...facts,
        outcome,
        receives,
      });
      return true;
    }
    const wait = verdict.until - machine.now();
    log('info', 'message deferred', {
      message_id,
      ...facts,
      reason: verdict.because,
      seconds: Math.ceil(wait / SECOND),
      receives,
    });
    isHiding = true;
    await hide(receiptHandle, hideFor(wait, receives));
  } catch (error) {
    count('MessageFailed');
    log('error', 'message failed; it will be redelivered', {
      error,
      message_id,
      ...facts,
      receives,
    });
    // If this fails, the message stays hidden for the queue's own visibility timeout, which is long enough. It is not tried
    // twice: with a queue that hangs, that would take the time of the other messages.
    if (!isHiding) await hide(receiptHandle, hideFor(undefined, receives)).catch(() => undefined);
  }
  return false;
}
