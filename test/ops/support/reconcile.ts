import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { HOUR } from '../../../lambda/core/model/time.ts';
import { type CyberdeskApi, startCyberdeskApi } from '../../../local/cyberdesk-api/server.ts';
import { reconciledId } from '../../../ops/reconcile/judge.ts';
import type { ReconcileOptions } from '../../../ops/reconcile/types.ts';
import { setApiKey } from '../../../ops/secrets/set.ts';
import { type Here, useStage } from './use-stage.ts';

/** A workflow that sends webhooks, and one that does not. */
export const LISTENING = '11111111-1111-4111-8111-111111111111';
export const SILENT = '22222222-2222-4222-8222-222222222222';

/** Cyberdesk's API, and an empty directory, of the current test. */
export let api: CyberdeskApi;
export let directory: string;

/** A stage whose API has these workflows. */
export function useReconcile(): Here {
  const here = useStage(async () => {
    api = await startCyberdeskApi({
      workflows: [
        { id: LISTENING, is_webhooks_enabled: true },
        { id: SILENT, is_webhooks_enabled: false },
      ],
    });
    return { outputs: { cyberdeskApiUrl: api.url } };
  });
  beforeEach(async () => {
    await setApiKey(here.stage, 'cd_test');
    directory = await mkdtemp(join(tmpdir(), 'reconcile-'));
  });
  afterEach(async () => {
    await api.close();
    await rm(directory, { recursive: true });
  });
  return here;
}

/** A run that has ended. */
export function ended(workflow_id = LISTENING) {
  const run = api.seedRun({ workflow_id });
  api.complete(run.id, { output_data: { summary: 'PAYLOAD-VALUE' } });
  return api.store.runs.get(run.id) as { id: string; ended_at: string; status: string; workflow_id: string };
}

export const options = (given: Partial<ReconcileOptions> = {}): ReconcileOptions => ({
  since: Date.now() - HOUR,
  // The fake's clock is ahead of this one by a millisecond for each time that it returns.
  until: Date.now() + HOUR,
  now: () => Date.now() + HOUR,
  lookback: HOUR,
  grace: -HOUR,
  ...given,
});

export const endingOf = ({ id, ended_at, workflow_id, status }: ReturnType<typeof ended>) => ({
  ...{ run_id: id, workflow_id, status },
  endedAt: Date.parse(ended_at),
});

/** Id of the event that reconcile stores for a run. */
export const idOf = (run: ReturnType<typeof ended>) => reconciledId(endingOf(run));
