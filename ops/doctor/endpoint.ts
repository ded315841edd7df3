import { randomUUID } from 'node:crypto';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import {
  type CompletionItem,
  completionKey,
  DAY,
  endedAtCompletion,
  ITEM_VERSION,
  MINUTE,
  SECOND,
  ttlAfter,
} from '../../lambda/core/model/index.ts';
import { save } from '../../lambda/core/store/index.ts';
import { audited } from '../audit/audited.ts';
import { isoTime } from '../cli/time.ts';
import { PROBE_OWNER, PROBE_PREFIX } from '../events/summary.ts';
import { deliver, followEvent } from '../send/deliver.ts';
import { type Delivered, post } from '../send/post.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { tableOf } from '../stage/table.ts';
import { byDoctor, type Finding, ok, problem, warning } from './check.ts';

/** Calls the endpoint without a signature: a healthy verifier answers 400, and nothing is stored. */
export async function checkEndpoint({ isLocal, outputs, target }: Stage): Promise<Finding> {
  const { webhookUrl } = outputs;
  const logs = commandLine(target, ['logs']);
  const { http_status: status, duration_ms } = await post(webhookUrl, '{}', {});
  const at = `${webhookUrl} answers`;
  switch (status) {
    case 400:
      return ok('endpoint', `${at} (${duration_ms} ms), and rejects unsigned requests`);
    case 503:
      return problem(
        'endpoint',
        `${at} 503: not ready`,
        `set the signing secret: ${commandLine(target, ['secret', 'set'])}; if it is set: ${logs}`,
      );
    case 403:
      return warning(
        'endpoint',
        `${at} 403: this address is not in sourceIpAllowList, or the host is not behind CloudFront yet (originHeader)`,
        `repeat the command from an allowed address, or rely on the deliveries in the Svix portal; ${logs} names the reason`,
      );
    case 429:
      return warning('endpoint', `${at} 429: throttled`, 'repeat the command in a minute');
    default:
      return problem(
        'endpoint',
        `${at} ${status}, which the verifier never returns`,
        isLocal
          ? `see what the verifier says (${logs}), or restart "npm start"`
          : 'deploy the stage again; with a custom domain, check where it points',
      );
  }
}

/**
 * Sends a signed event through the whole path: gateway, verifier, table, queue, processor, table. It cannot act,
 * whatever the rules say: its completion is claimed and done before it is sent, so the processor finishes it as a copy
 * without asking them.
 */
export function checkProbe(stage: Stage, timeoutMs = MINUTE): Promise<Finding> {
  const id = `${PROBE_PREFIX}${randomUUID()}`;
  return audited(stage, byDoctor(id), (onRecord) => probe(onRecord, id, timeoutMs));
}

async function probe(stage: AuditedStage, id: string, timeoutMs: number): Promise<Finding> {
  const endedAt = Date.now();
  await claim(stage, id, endedAt);
  const run = { id, workflow_id: PROBE_PREFIX, status: 'success', ended_at: isoTime(endedAt) };
  const started = performance.now();
  const sent = await deliver(stage, JSON.stringify({ event_id: id, event_type: 'run_complete', run }));
  if (sent.http_status !== 200) return refused(sent);
  const event = await followEvent(stage, id, { timeoutMs });
  const seconds = ((performance.now() - started) / SECOND).toFixed(1);
  if (event?.state === 'processed')
    return ok('probe', `a signed event passed the whole path, from verifier to processor, in ${seconds} s`);
  return problem(
    'probe',
    event === undefined
      ? 'a signed event was accepted, but is not in the table'
      : `a signed event was stored, but not processed within ${seconds} s`,
    `see what the processor has logged: ${commandLine(stage.target, ['logs'])}${elsewhere(stage)}`,
  );
}

const elsewhere = ({ isLocal }: Stage): string =>
  isLocal ? '' : '; and whether its event source mapping in the Lambda console is enabled';

const refused = ({ http_status, outcome }: Delivered): Finding =>
  problem(
    'probe',
    `a signed event was answered ${http_status} ${outcome}`,
    http_status === 400
      ? 'a secret that was set in the last five minutes may not be in use yet: repeat the command later; otherwise check the clock of this machine'
      : 'fix what is reported above, then repeat',
  );

async function claim(stage: AuditedStage, runId: string, endedAt: number): Promise<void> {
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
      ttl: ttlAfter(now, stage.outputs.completionRetentionDays * DAY),
    },
    'absent',
  );
}
