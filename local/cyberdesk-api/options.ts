import type { RunResponse, WorkflowResponse } from '../../lambda/cyberdesk/types.ts';
import type { Outcome } from './complete.ts';
import type { WebhookTarget } from './deliver.ts';
import type { IdempotencyOptions } from './idempotency.ts';

/** How the fake behaves; can be changed while it runs. Times are in milliseconds. */
export interface Settings extends IdempotencyOptions {
  /** The only API key that is accepted. @default any key */
  apiKey?: string | undefined;
  /** Answers 404 for workflows that are not in `workflows`; otherwise any id is a workflow. */
  strictWorkflows: boolean;
  /** How long a new run is missing from `GET /v1/runs`. */
  listDelayMs: number;
  /** Ends each run this long after its start. @default runs end only on request */
  completeAfterMs?: number | undefined;
  /** How runs that end by themselves end. */
  outcome: Outcome | ((run: RunResponse) => Outcome);
  /** Where ended runs are announced. @default nowhere */
  webhook?: WebhookTarget | undefined;
}

export interface CyberdeskApiOptions extends Partial<Settings> {
  /** @default any free port */
  port?: number;
  workflows?: (Partial<WorkflowResponse> & { id: string })[];
  /** The clock for what the fake remembers and shows, epoch milliseconds; waits are real. */
  now?: () => number;
}

export const settingsOf = ({
  port: _port,
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
