import { SECOND } from '../../lambda/core/model/index.ts';
import { readBody } from '../../lambda/core/store/index.ts';
import { rest } from '../cli/progress.ts';
import { readEvent } from '../events/store.ts';
import { PROBE_PREFIX } from '../events/summary.ts';
import { post, signedHeaders } from '../send/post.ts';
import { toOperatorError } from '../stage/explain.ts';
import type { Stage } from '../stage/stage.ts';
import { readsOf } from '../stage/table.ts';
import type { Arrival } from './arrivals.ts';
import { RealApiError, secretOf, type Target } from './target.ts';

/** An event, and the outcome. Field names are part of `--json`. */
export interface Forwarded extends Arrival {
  outcome: 'sent' | 'failed' | 'skipped';
  /** How the local run answered, if it did. */
  http_status?: number;
  /** What its verifier said: `accepted`, `duplicate`, `ignored`, … */
  answer?: string;
  /** Why it was not sent. */
  problem?: string;
}

/** Waits after a failed try, milliseconds. The last try has none. */
const WAITS = [SECOND, 2 * SECOND, 0];

/**
 * Sends an event of a stage to a local run: its body byte for byte, under its id, signed anew. A try that fails is
 * repeated twice; then the event is given up. @throws RealApiError
 */
export async function forward(
  stage: Stage,
  target: Target,
  { event_id, received_at, type, run_id, status }: Arrival,
  signal: AbortSignal,
): Promise<Forwarded> {
  const arrival = { event_id, received_at, type, ...(run_id && { run_id }), ...(status && { status }) };
  // It starts nothing in the stage; elsewhere the rules would be asked about it.
  if (event_id.startsWith(PROBE_PREFIX))
    return { ...arrival, outcome: 'skipped', problem: 'a probe of doctor' };
  let result: Forwarded = { ...arrival, outcome: 'failed' };
  for (const wait of WAITS) {
    result = { ...arrival, ...(await attempt(stage, target, event_id)) };
    if (result.outcome === 'sent' || signal.aborted) break;
    await rest(wait, signal);
  }
  return result;
}

type Attempt = Pick<Forwarded, 'outcome' | 'http_status' | 'answer' | 'problem'>;

async function attempt(stage: Stage, target: Target, id: string): Promise<Attempt> {
  try {
    const body = await bodyOf(stage, id);
    const secret = await secretOf(target, stage);
    const headers = signedHeaders(secret, id, body, 'webhook');
    const { http_status, outcome: answer } = await post(target.url.href, new Uint8Array(body), headers);
    if (http_status >= 200 && http_status < 300) return { outcome: 'sent', http_status, answer };
    return { outcome: 'failed', http_status, answer, problem: `the local run answered ${http_status}` };
  } catch (error) {
    if (error instanceof RealApiError) throw error;
    return { outcome: 'failed', problem: toOperatorError(error).problem };
  }
}

/** Not as a person reads a payload, which is on record for each event: that `listen` copies them all is one entry. */
const bodyOf = async (stage: Stage, id: string): Promise<Buffer> =>
  Buffer.from(await readBody(readsOf(stage), await readEvent(stage, id)));
