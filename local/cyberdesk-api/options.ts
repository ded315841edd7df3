import type { RunResponse, WorkflowResponse } from '../../lambda/cyberdesk/types.ts';
import type { Outcome } from './complete.ts';
import type { WebhookTarget } from './deliver.ts';
import type { IdempotencyOptions } from './idempotency.ts';

/** How the fake behaves; may be changed while it runs. Times in milliseconds. */
export interface Settings extends IdempotencyOptions {
  /** The only API key that is taken; absent, any will do. */
  apiKey?: string | undefined;
  /** Refuse workflows that were not named (404); else any id is a workflow. */
  strictWorkflows: boolean;
  /** How long a new run is missing from `GET /v1/runs`. */
  listDelayMs: number;
  /** End each run this long after its start; absent, runs end on request only. */
  completeAfterMs?: number | undefined;
  /** How runs end that end by themselves. */
  outcome: Outcome | ((run: RunResponse) => Outcome);
  /** Where ended runs are announced; absent, nowhere. */
  webhook?: WebhookTarget | undefined;
}

export interface CyberdeskApiOptions extends Partial<Settings> {
  /** Default: any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  workflows?: (Partial<WorkflowResponse> & { id: string })[];
  /** Epoch milliseconds, for what the fake remembers and shows; waits are real. */
  now?: () => number;
}

export const settingsOf = ({
  port: _port,
  host: _host,
  workflows: _workflows,
  now: _now,
  ...given
}: CyberdeskApiOptions): Settings => ({
  keyLifetimeMs: 86_400_000,
  changedBody: 'refuse',
  strictWorkflows: false,
  listDelayMs: 0,
  outcome: {},
  ...given,
});
