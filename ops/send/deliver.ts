import { randomUUID } from 'node:crypto';
import { Webhook } from 'svix';
import { isSigningSecret } from '../../lambda/core/authenticate/index.ts';
import { NotReachable, OperatorError } from '../errors.ts';
import { TEST_MESSAGE_PREFIX } from '../events/summary.ts';
import { readSecret } from '../secrets/labels.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';

/** The endpoint's answer is this project's own small JSON. */
export interface Delivered {
  svix_id: string;
  http_status: number;
  /** The answer's word: `accepted`, `duplicate`, `bad_request`, … */
  outcome: string;
  /** Until the answer, milliseconds. */
  duration_ms: number;
}

/** The stage has no signing secret that could sign. */
export class SecretNotSet extends OperatorError {
  override name = 'SecretNotSet';
}

/**
 * Signs a body with the stage's own secret, as Svix does, and sends it to the stage's endpoint.
 *
 * @throws SecretNotSet, NotReachable
 */
export async function deliver(
  stage: Stage,
  body: string,
  svixId = `${TEST_MESSAGE_PREFIX}${randomUUID()}`,
): Promise<Delivered> {
  const secret = (await readSecret(stage, stage.outputs.signingSecret))?.value.trim();
  if (secret === undefined || !isSigningSecret(secret)) {
    throw new SecretNotSet(
      `the signing secret of ${stage.stackName} is ${secret === undefined ? 'not set' : 'not a valid key'}: set it with "${commandLine(stage.target, ['secret', 'set'])}"`,
    );
  }
  const at = new Date();
  return post(stage.outputs.webhookUrl, body, {
    'svix-id': svixId,
    'svix-timestamp': String(Math.floor(at.getTime() / 1000)),
    'svix-signature': new Webhook(secret).sign(svixId, at, body),
  });
}

/** @throws NotReachable */
export async function post(url: string, body: string, headers: Record<string, string>): Promise<Delivered> {
  const started = performance.now();
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'cyberdesk-webhooks', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(15_000),
    });
  } catch (error) {
    throw new NotReachable(
      `the endpoint ${url} does not answer: check the network, and the domain if it has one of its own`,
      { cause: error },
    );
  }
  const answer = (await response.json().catch(() => undefined)) as Record<string, unknown> | undefined;
  const word = answer?.status ?? answer?.error ?? answer?.message;
  return {
    svix_id: headers['svix-id'] ?? '',
    http_status: response.status,
    outcome: typeof word === 'string' ? word : 'unreadable',
    duration_ms: Math.round(performance.now() - started),
  };
}
