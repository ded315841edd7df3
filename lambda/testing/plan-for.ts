import { plan, settleRetries } from '../core/plan/index.ts';
import type { Action } from '../rules/actions.ts';
import { checkFollowUps, type FollowUps } from '../rules/follow-ups.ts';
import { type Finished, type FinishedEvent, type FinishedRun, matches } from '../rules/rule.ts';

/** What rules see besides the run. */
export interface PlanOptions {
  /**
   * Name of the stage.
   *
   * @default 'dev'
   */
  stage?: string;
  /**
   * Workflow ids of the stage, as in `stages.ts`: `stages.prod?.workflowIds`.
   *
   * @default - none
   */
  workflowIds?: Readonly<Record<string, string>> | undefined;
  /**
   * How many follow-ups lead to this run.
   *
   * @default 0
   */
  depth?: number;
  /**
   * How often the rules have retried this run in place.
   *
   * @default 0
   */
  retries?: number;
  /**
   * Fields of the webhook around the run, such as `occurred_at`.
   *
   * @default - an event id, the type `run_complete`, and the time at which the run ended
   */
  event?: Omit<Partial<FinishedEvent>, 'run'>;
}

/** The processor would fail the event because of this rule. The message names the rule; `cause` is what it threw. */
export class RuleFailedError extends Error {
  override name = 'RuleFailedError';
}

/** A run that has ended in success, with these fields instead or in addition. */
export const finishedRun = (fields: Partial<FinishedRun> = {}): FinishedRun => ({
  id: '11111111-0000-4000-8000-000000000001',
  workflow_id: '22222222-0000-4000-8000-000000000002',
  status: 'success',
  created_at: '2026-01-01T00:00:00Z',
  ended_at: '2026-01-01T00:01:00Z',
  ...fields,
});

/**
 * What would be done after a run: the actions of each rule that applies, by its name. A retry that is used up is
 * replaced by what is done instead.
 *
 * @throws RuleFailedError if a rule throws, is async, returns nothing, or returns what the processor refuses.
 */
export function planFor(
  followUps: FollowUps,
  run: FinishedRun,
  options: PlanOptions = {},
): Record<string, Action[]> {
  const { stage = 'dev', workflowIds = {}, depth = 0, retries = 0 } = options;
  checkFollowUps(followUps, stage, workflowIds);
  const event = { ...envelopeOf(run), ...options.event, run };
  const finished = { event_id: event.event_id, event, run, depth, retries, stage, workflowIds };
  const applicable = followUps.rules.filter((rule) => matches(rule, finished));
  return Object.fromEntries(applicable.map((rule) => [rule.name, ask(rule, finished)]));
}

const envelopeOf = ({ ended_at }: FinishedRun) => ({
  event_id: '33333333-0000-4000-8000-000000000003',
  event_type: 'run_complete',
  ...(ended_at && { occurred_at: ended_at }),
});

function ask({ name, actions }: FollowUps['rules'][number], finished: Finished): Action[] {
  const asked = call(name, () => actions(finished));
  const settled = call(name, () => asked.flatMap((action) => settleRetries(action, finished.retries)));
  const planned = plan({ rules: [{ name, actions: () => settled }] }, finished, CONTEXT);
  if (planned.kind === 'planned') return settled;
  throw new RuleFailedError(`rule "${name}": the event would fail with the reason ${planned.reason}`);
}

/** Rules may be plain JavaScript, so they return anything. */
function call(rule: string, work: () => unknown): Action[] {
  let returned: unknown;
  try {
    returned = work();
  } catch (cause) {
    const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : 'what is no error';
    throw new RuleFailedError(`rule "${rule}" threw ${said}`, { cause });
  }
  if (returned instanceof Promise) {
    returned.catch(() => undefined);
    throw new RuleFailedError(`rule "${rule}" is async; a rule must return its actions at once`);
  }
  if (returned !== undefined) return [returned].flat() as Action[];
  throw new RuleFailedError(`rule "${rule}" returned nothing; return its actions, or [] for none`);
}

/** Of an installation that does not exist: keys of actions are not part of the result. */
const CONTEXT = {
  installation: 'test',
  subject: 'test',
  completion: 'test',
  maxFollowUpDepth: Number.POSITIVE_INFINITY,
  generation: 0,
};
