import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { isSigningSecret } from '../../lambda/core/authenticate/index.ts';
import type { EventItem } from '../../lambda/core/model/index.ts';
import { OperatorError } from '../errors.ts';
import { findEvent } from '../events/store.ts';
import { TEST_MESSAGE_PREFIX } from '../events/summary.ts';
import { parseObject } from '../json.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { commandLine } from '../stage/command-line.ts';
import { readSecret } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import { type Delivered, post, signedHeaders } from './post.ts';

/** The stage has no signing secret that can sign. */
export class SecretNotSetError extends OperatorError {
  override name = 'SecretNotSet';
}

/** Id of a message that this command sends. */
export const testMessageId = (): string => `${TEST_MESSAGE_PREFIX}${randomUUID()}`;

/** Under which a delivery is stored, unless that id belongs to another event. */
export function idOfDelivery(body: string, svixId: string): string {
  const id = parseObject(body)?.event_id;
  return typeof id === 'string' && /^[\x20-\x7e]{1,128}$/.test(id) ? id : svixId;
}

/** Signs a body with the stage's secret, as Svix does, and sends it. @throws SecretNotSetError, NotReachableError */
export async function deliver(
  stage: AuditedStage,
  body: string,
  svixId = testMessageId(),
): Promise<Delivered> {
  const secret = await readSigningSecret(stage);
  await stage.trail.mark(idOfDelivery(body, svixId));
  return post(stage.outputs.webhookUrl, body, signedHeaders(secret, svixId, body));
}

/** @throws SecretNotSetError */
export async function readSigningSecret(stage: Stage): Promise<string> {
  const secret = (await readSecret(stage, stage.outputs.signingSecret))?.trim();
  if (secret !== undefined && isSigningSecret(secret)) return secret;
  const problem = secret === undefined ? 'not set' : 'not a valid key';
  throw new SecretNotSetError(`the signing secret of ${stage.stackName} is ${problem}`, {
    next: `set it with "${commandLine(stage.target, ['secret', 'set'])}"`,
  });
}

/** Between two reads, milliseconds. */
const INTERVAL = 250;

/** The event of a delivery: under the body's `event_id`, or under its `svix-id` if that id belongs to another event. */
export async function findDelivered(stage: Stage, body: string, svixId: string) {
  const id = parseObject(body)?.event_id;
  const ids = typeof id === 'string' ? [id, svixId] : [svixId];
  const found = await Promise.all(ids.map((id) => findEvent(stage, id)));
  return found.find((event) => event?.svix_id === svixId) ?? found.find((event) => event !== undefined);
}

/**
 * Waits until an event is finished.
 * @param timeoutMs longest time to wait
 * @param onState called at each new state
 * @returns the event as it was last seen, finished or not
 */
export async function followEvent(
  stage: Stage,
  eventId: string,
  { timeoutMs, onState }: { timeoutMs: number; onState?: (state: string) => void },
): Promise<EventItem | undefined> {
  const end = Date.now() + timeoutMs;
  let last: string | undefined;
  for (;;) {
    const event = await findEvent(stage, eventId);
    if (event && event.state !== last) {
      last = event.state;
      onState?.(event.state);
    }
    if ((event && event.state !== 'received') || Date.now() >= end) return event;
    await wait(INTERVAL);
  }
}

/** Is this how a test event should end? If it was not waited for, it may be unfinished. */
export const isFine = (state: EventItem['state'], waited: boolean): boolean =>
  state !== 'failed' && state !== 'unprocessable' && (state !== 'received' || !waited);
