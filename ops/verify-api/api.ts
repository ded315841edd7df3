import { windowAround } from '../../lambda/core/plan/index.ts';
import { classOf, isDeniedByApi, isUnknownToApi } from '../../lambda/cyberdesk/answer-class.ts';
import type { CyberdeskClient, Result } from '../../lambda/cyberdesk/client.ts';
import type { CyberdeskError } from '../../lambda/cyberdesk/errors.ts';
import type { RunResponse, WorkflowResponse } from '../../lambda/cyberdesk/types.ts';
import type { Pace } from '../cli/progress.ts';
import { NotReachableError } from '../errors.ts';
import { createListingClient } from '../stage/checked-lists.ts';

/** Between two requests for the same thing, milliseconds. */
export const INTERVAL = 1000;
/** Requests for one answer that have certainly started nothing, before the trial is given up. */
const MOST_TRIES = 10;
/** Repeats of requests that may have started a run, in a whole trial: each of them may start another one. */
const MOST_REPEATS = 2;
/**
 * Runs that a trial can start. A key that has failed once is not used again, so only two requests of a trial start a run
 * that counts, and each repeat follows one that may have.
 */
export const MOST_RUNS = 2 + MOST_REPEATS;
/** Runs of the workflow among which the new one is looked for. */
const NEWEST = 200;

/** Cyberdesk's API would not start the run. */
export class TrialRefusedError extends NotReachableError {
  override name = 'TrialRefused';
}

/** The calls of a trial, and what they also reveal. Every repeated call is counted here. */
export class TriedApi {
  /** Requests to start a run that failed although they may have taken effect: no response names what they started. */
  failed = 0;
  /** How far the API's clock is ahead by the last `Date` header, in milliseconds; undefined without one. */
  clockOffset: number | undefined;
  readonly #client: CyberdeskClient;
  readonly #pace: Pace;

  constructor(apiKey: string, baseUrl: string, pace: Pace) {
    this.#pace = pace;
    this.#client = createListingClient(apiKey, { baseUrl, repeatUnanswered: false, ...pace });
  }

  /**
   * Starts a run, or gets the one that this key has started before; undefined if the key is answered as one in use.
   *
   * @throws TrialRefusedError, NotReachableError
   */
  async start(body: string, idempotencyKey: string): Promise<RunResponse | undefined> {
    for (let tries = 1; ; tries += 1) {
      const result = await this.#client.runs.create(body, { idempotencyKey });
      this.#readClock(result);
      if (!result.error) return result.data;
      const meaning = meaningOf(result.error);
      if (meaning === 'conflict') return undefined;
      if (meaning === 'refused') throw refused(result.error);
      if (meaning === 'unanswered') this.failed += 1;
      const isGivenUp = meaning === 'unanswered' && this.failed > MOST_REPEATS;
      if (isGivenUp || tries === MOST_TRIES) throw unreachable(result.error);
      await this.#pace.sleep(INTERVAL);
    }
  }

  /**
   * The newest runs of a workflow, as a lookup sees them: only those that the API says were created since the trial began,
   * by its own clock as a lookup would know it.
   *
   * @param began Epoch milliseconds.
   * @throws NotReachableError
   */
  async newest(workflow_id: string, began: number): Promise<RunResponse[]> {
    const { createdFrom, createdTo } = windowAround(
      { first: began, last: this.#pace.now() },
      this.clockOffset,
    );
    const fields: ['input_values'] = ['input_values'];
    const result = await this.#client.runs.list({
      workflow_id,
      fields,
      limit: NEWEST,
      sort_mode: 'created_at_desc',
      created_at_from: new Date(createdFrom).toISOString(),
      created_at_to: new Date(createdTo).toISOString(),
    });
    this.#readClock(result);
    if (result.error) throw unreachable(result.error);
    return result.data.items;
  }

  /** @throws NotReachableError */
  async workflow(workflowId: string): Promise<WorkflowResponse> {
    const { data, error } = await this.#client.workflows.get(workflowId);
    if (error) throw isUnknownToApi(error) ? refused(error) : unreachable(error);
    return data;
  }

  #readClock({ response }: Result<unknown>): void {
    const date = Date.parse(response?.headers.get('date') ?? '');
    if (!Number.isNaN(date)) this.clockOffset = date - this.#pace.now();
  }
}

/** `in_progress` answers the second of two requests at once, and says that the key is known. */
function meaningOf(error: CyberdeskError) {
  const { status, isJson, inProgress, mayHaveTakenEffect } = error;
  if (status === undefined) return mayHaveTakenEffect ? 'unanswered' : 'again';
  if (inProgress || status === 429) return 'again';
  const answer = classOf({ status, isJson, inProgress });
  if (answer === 'conflict' || answer === 'refused') return answer;
  if (answer === 'unknown') return 'unanswered';
  // What stands before the API refuses for a while, but a refused key stays refused.
  return isDeniedByApi(error) ? 'refused' : 'again';
}

const refused = (cause: CyberdeskError) =>
  new TrialRefusedError(`Cyberdesk's API does not start the run (${cause.message})`, {
    next: 'check the workflow, the API key, and whether the workflow needs inputs (--inputs)',
    cause,
  });

const unreachable = (cause: CyberdeskError) =>
  new NotReachableError(`Cyberdesk's API does not answer as expected (${cause.message})`, {
    next: 'try again later',
    cause,
  });
