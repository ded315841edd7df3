import { randomUUID } from 'node:crypto';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import {
  type CompletionItem,
  completionKey,
  endedAtCompletion,
  ITEM_VERSION,
} from '../../lambda/core/model/index.ts';
import { save } from '../../lambda/core/store/index.ts';
import { tableOf } from '../events/store.ts';
import { PROBE_OWNER, PROBE_PREFIX } from '../events/summary.ts';
import { deliver } from '../send/deliver.ts';
import { followEvent } from '../send/follow.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, problem } from './check.ts';

const DAY_SECONDS = 86_400;
const TIMEOUT = 60_000;

/**
 * A signed event through the whole path: gateway, verifier, table, queue, processor, table. It cannot act,
 * whatever the rules say: its completion is claimed and done before it is sent, so the processor finishes it as a
 * copy without asking them.
 */
export async function checkProbe(stage: Stage, timeoutMs = TIMEOUT): Promise<Finding> {
  const id = `${PROBE_PREFIX}${randomUUID()}`;
  const endedAt = Date.now();
  await claim(stage, id, endedAt);
  const run = {
    id,
    workflow_id: PROBE_PREFIX,
    status: 'success',
    ended_at: new Date(endedAt).toISOString(),
  };
  const started = performance.now();
  const sent = await deliver(stage, JSON.stringify({ event_id: id, event_type: 'run_complete', run }));
  if (sent.http_status !== 200) {
    return problem(
      'probe',
      `a signed event was answered ${sent.http_status} ${sent.outcome}`,
      sent.http_status === 400
        ? 'a secret set within the last five minutes is not used yet: repeat in a while; else compare this clock'
        : 'mend what is reported above, then repeat',
    );
  }
  const event = await followEvent(stage, id, { timeoutMs });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (event?.state === 'processed') {
    return ok('probe', `a signed event went all the way, verifier to processor, in ${seconds} s`);
  }
  return problem(
    'probe',
    event === undefined
      ? 'a signed event was accepted, but is not in the table'
      : `a signed event was stored, but not processed within ${seconds} s`,
    "look at the processor's logs and at its event source mapping in the Lambda console",
  );
}

async function claim(stage: Stage, runId: string, endedAt: number): Promise<void> {
  const now = Date.now();
  await save<CompletionItem>(
    { table: tableOf(stage), system: nodeSystem },
    {
      ...completionKey(runId, endedAtCompletion(endedAt)),
      v: ITEM_VERSION,
      owner: PROBE_OWNER,
      crashes: 0,
      round: 0,
      actions: [],
      done: true,
      depth: 0,
      retries: 0,
      updated_at: now,
      // As long as any completion: a probe that waits in a queue, or is replayed later, must not act either.
      ttl: Math.floor(now / 1000) + stage.outputs.completionRetentionDays * DAY_SECONDS,
    },
    'absent',
  );
}
