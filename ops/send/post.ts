import { Webhook } from 'svix';
import { NotReachableError } from '../errors.ts';
import { parseObject } from '../json.ts';
import { certificateFault } from '../stage/faults.ts';

/** A delivery, and how the endpoint answered. Field names are part of `--json`. */
export interface Delivered {
  svix_id: string;
  http_status: number;
  /** What the verifier said: `accepted`, `duplicate`, `bad_request`, … */
  outcome: string;
  /** Time until the answer, milliseconds. */
  duration_ms: number;
}

/** For the audit. */
export const resultOf = ({ http_status, outcome }: Delivered): string => `${http_status} ${outcome}`;

/** @throws NotReachableError */
export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<Delivered> {
  const started = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'cyberdesk-webhooks', ...headers },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(15_000),
  }).catch((cause: unknown) => {
    const { problem, next } = certificateFault(cause) ?? {
      problem: 'it does not answer',
      next: 'check the network, and the domain if it is a custom one',
    };
    throw new NotReachableError(`the endpoint ${url} cannot be reached: ${problem}`, { next, cause });
  });
  const answer = parseObject(await response.text().catch(() => '')) ?? {};
  const word = answer.status ?? answer.error ?? answer.message;
  return {
    svix_id: headers['svix-id'] ?? headers['webhook-id'] ?? '',
    http_status: response.status,
    outcome: typeof word === 'string' ? word : 'unreadable',
    duration_ms: Math.round(performance.now() - started),
  };
}

/**
 * Svix's headers for a body that is sent now.
 * @param secret `whsec_…`
 * @param prefix one of the two spellings of their names
 */
export function signedHeaders(
  secret: string,
  id: string,
  body: string | Buffer,
  prefix: 'svix' | 'webhook' = 'svix',
): Record<string, string> {
  const now = new Date();
  return {
    [`${prefix}-id`]: id,
    [`${prefix}-timestamp`]: String(Math.floor(now.getTime() / 1000)),
    [`${prefix}-signature`]: new Webhook(secret).sign(id, now, body),
  };
}
