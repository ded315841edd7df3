import type { ActionRecord } from '../../../lambda/core/model/index.ts';
import { plan } from '../../../lambda/core/plan/plan.ts';
import { type Action, followUps, type RuleDefinition } from '../../../lambda/rules/index.ts';
import type { Finished, Occurrence } from '../../../lambda/rules/rule.ts';

const RUN: Finished['run'] = {
  id: 'run-1',
  workflow_id: 'first',
  status: 'success',
  output_data: { a: 1 },
};

/** A finished run, as a rule sees it. */
export const finishedRun = ({ run = RUN, ...more }: Partial<Finished> = {}): Finished & Occurrence => ({
  kind: 'run_complete',
  event_id: 'event-1',
  event: { event_id: 'event-1', event_type: 'run_complete', run },
  run,
  depth: 0,
  retries: 0,
  stage: 'dev',
  workflowIds: {},
  ...more,
});

export const PLAN_CONTEXT = {
  installation: 'i',
  subject: 'run-1',
  completion: 'completion#1',
  maxFollowUpDepth: 3,
  generation: 0,
};

/** The plan of one rule. */
export const planOf = (actions: RuleDefinition['actions'], finished = finishedRun()) =>
  plan(followUps({ name: 'rule', actions }), finished, PLAN_CONTEXT);

/** The actions of a plan; none if it has failed. */
export const plannedActions = (result: ReturnType<typeof plan>): ActionRecord[] =>
  result.kind === 'planned' ? result.actions : [];

/** What a rule in plain JavaScript may return, whatever the types say. */
export const anyAction = (value: unknown): Action => value as Action;
