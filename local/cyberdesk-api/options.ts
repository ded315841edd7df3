import type { TerminalStatus } from '../../lambda/cyberdesk/run-status.ts';
import type {
  FileInput,
  PostRunCheckResult,
  RunResponse,
  WorkflowResponse,
} from '../../lambda/cyberdesk/types.ts';
import type { Kept } from '../state/kept.ts';
import type { WebhookTarget } from './deliver.ts';

/** How a run ends. */
export interface Outcome {
  /** @default success */
  status?: TerminalStatus;
  output_data?: Record<string, unknown> | null;
  error?: string[] | null;
  post_run_checks?: PostRunCheckResult[] | null;
  files?: FileInput[];
}

/** How `input_values` change on their way back; each may be combined with the others. */
export interface Echo {
  /** Inputs that the workflow's schema adds where they are not given. */
  defaults?: Record<string, unknown>;
  /** Leaves out those that are null. */
  dropsNulls?: boolean;
  /** Shows numbers as text. */
  numbersAsText?: boolean;
  /** Leaves `input_values` out altogether. */
  absent?: boolean;
}

/** How the fake behaves; can be changed while it runs. Times are in milliseconds. */
export interface Settings {
  /** How long an idempotency key is remembered; 0: it is ignored. Cyberdesk does not document it. @default 24 hours */
  keyLifetimeMs: number;
  /** The answer to a known key with a different body. Cyberdesk does not document it. @default refuse, with 422 */
  changedBody: 'refuse' | 'replay';
  /** Forgets the key of a request that a fault answers with 5xx after its effect. */
  forgetsFailed: boolean;
  /** The only API key that is accepted. @default any key */
  apiKey?: string | undefined;
  /** Answers 404 for workflows that are not in `workflows`; otherwise any id is a workflow. */
  strictWorkflows: boolean;
  /** How long a new run is missing from `GET /v1/runs`. */
  listDelayMs: number;
  /** How the inputs of a run are shown. @default as they were sent */
  echo: Echo;
  /** How far its clock is ahead: `Date` headers and every time of a run. */
  clockOffsetMs: number;
  /** Ends each run this long after its start. @default runs end only on request */
  completeAfterMs?: number | undefined;
  /** How such runs end. */
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
  /** Where runs and idempotency keys are kept for the next process. @default in memory */
  kept?: Kept | undefined;
}

export const settingsOf = ({
  port: _port,
  workflows: _workflows,
  now: _now,
  kept: _kept,
  ...given
}: CyberdeskApiOptions): Settings => ({
  keyLifetimeMs: 86_400_000,
  changedBody: 'refuse',
  strictWorkflows: false,
  forgetsFailed: false,
  listDelayMs: 0,
  echo: {},
  clockOffsetMs: 0,
  outcome: {},
  ...given,
});
