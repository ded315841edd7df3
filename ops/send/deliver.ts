import { randomUUID } from 'node:crypto';
import { Webhook } from 'svix';
import { isSigningSecret } from '../../lambda/core/authenticate/index.ts';
import { NotReachableError, OperatorError } from '../errors.ts';
import { TEST_MESSAGE_PREFIX } from '../events/summary.ts';
import { parseObject } from '../json.ts';
import { commandLine } from '../stage/command-line.ts';
import { readSecret } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';

/** A delivery, and how the endpoint answered. Field names are part of `--json`. */
export interface Delivered {
  svix_id: string;
  http_status: number;
  /** What the verifier said: `accepted`, `duplicate`, `bad_request`, … */
  outcome: string;
  /** Time until the answer, milliseconds. */
  duration_ms: number;
}

/** The stage has no signing secret that can sign. */
export class SecretNotSetError extends OperatorError {
  override name = 'SecretNotSet';
}

/**
 * Signs a body with the stage's own secret, as Svix does, and sends it to the stage's endpoint.
 *
 * @throws SecretNotSetError, NotReachableError
 */
export async function deliver(
  stage: Stage,
  body: string,
  svixId = `${TEST_MESSAGE_PREFIX}${randomUUID()}`,
): Promise<Delivered> {
  const secret = (await readSecret(stage, stage.outputs.signingSecret))?.trim();
  if (secret === undefined || !isSigningSecret(secret)) {
    const problem = secret === undefined ? 'not set' : 'not a valid key';
    throw new SecretNotSetError(`the signing secret of ${stage.stackName} is ${problem}`, {
      next: `set it with "${commandLine(stage.target, ['secret', 'set'])}"`,
    });
  }
  const at = new Date();
  return post(stage.outputs.webhookUrl, body, {
    'svix-id': svixId,
    'svix-timestamp': String(Math.floor(at.getTime() / 1000)),
    'svix-signature': new Webhook(secret).sign(svixId, at, body),
  });
}

/** @throws NotReachableError */
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
  } catch (cause) {
    throw new NotReachableError(`the endpoint ${url} does not answer`, {
      next: 'check the network, and the domain if it is a custom one',
      cause,
    });
  }
  const answer = parseObject(await response.text().catch(() => '')) ?? {};
  const word = answer.status ?? answer.error ?? answer.message;
  return {
    svix_id: headers['svix-id'] ?? '',
    http_status: response.status,
    outcome: typeof word === 'string' ? word : 'unreadable',
    duration_ms: Math.round(performance.now() - started),
  };
}
