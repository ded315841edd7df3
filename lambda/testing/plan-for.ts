import { asObject, printable } from '../core/model/index.ts';
import { reasonOf, record, settleRetries } from '../core/plan/index.ts';
import type { Action } from '../rules/actions.ts';
import type { MachinesDownEvent } from '../rules/events.ts';
import { checkFollowUps, type FollowUps, loadedFrom } from '../rules/follow-ups.ts';
import { misnamed, type Nameable } from '../rules/named.ts';
import {
  type FinishedEvent,
  type FinishedRun,
  type Occurrence,
  questionTo,
  type Reported,
} from '../rules/rule.ts';

/** What rules see besides the run or the webhook. */
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
   * Destinations of the stage, as in `stages.ts`: `stages.prod?.destinations`. A rule that delivers to another is refused.
   *
   * @default - not known: any name will do
   */
  destinations?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Secrets of the stage, as in `stages.ts`: `stages.prod?.sensitiveSecretArns`. A rule that asks for another is refused.
   *
   * @default - not known: any complete ARN will do
   */
  sensitiveSecretArns?: readonly string[] | undefined;
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
   * Fields of the webhook around a run, such as `occurred_at`.
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

/** A webhook that is not about a run that has ended, by the type that it names. */
export type Webhook =
  | (MachinesDownEvent & { event_type: 'downed_machines' })
  | { event_type: string; [field: string]: unknown };

/** A `downed_machines` webhook about one machine, with these fields instead or in addition. */
export const downedMachines = (fields: Partial<MachinesDownEvent> = {}) => ({
  event_id: EVENT_ID,
  event_type: 'downed_machines' as const,
  occurred_at: '2026-01-01T00:01:00Z',
  organization_id: 'org_1',
  machines: [
    {
      machine_id: '44444444-0000-4000-8000-000000000004',
      organization_id: 'org_1',
      name: 'front-desk',
      status: 'disconnected' as const,
      last_seen: '2026-01-01T00:00:00Z',
      reason: 'disconnected',
    },
  ],
  ...fields,
});

/**
 * What would be done after a run or another event: the actions of each rule that applies, by its name. A retry that is
 * used up is replaced by what is done instead.
 *
 * @param about A run that has ended, or a webhook with its `event_type`.
 * @throws RuleFailedError if a rule throws, is async, returns nothing, or returns what the processor refuses.
 */
export function planFor(
  rules: FollowUps,
  about: FinishedRun | Webhook,
  options: PlanOptions = {},
): Record<string, Action[]> {
  const { stage = 'dev', workflowIds = {}, depth = 0, retries = 0 } = options;
  const { destinations, sensitiveSecretArns } = options;
  const nameable = { stage, destinations: destinations && Object.keys(destinations), sensitiveSecretArns };
  const followUps = loadedFrom(rules);
  checkFollowUps(followUps, stage, workflowIds);
  const reported = reportedBy(about, options);
  const event_id = printable(asObject(reported.event).event_id) ?? EVENT_ID;
  const occurrence: Occurrence = { ...reported, event_id, depth, retries, stage, workflowIds };
  return Object.fromEntries(
    followUps.rules.flatMap((rule) => {
      const actions = ask(rule, occurrence);
      if (actions) refuseMisnamed(rule.name, actions, nameable);
      return actions ? [[rule.name, actions]] : [];
    }),
  );
}

const EVENT_ID = '33333333-0000-4000-8000-000000000003';

const isWebhook = (about: FinishedRun | Webhook): about is Webhook => 'event_type' in about;
const isMachines = (webhook: Webhook): webhook is Extract<Webhook, MachinesDownEvent> =>
  webhook.event_type === 'downed_machines';

function reportedBy(about: FinishedRun | Webhook, options: PlanOptions): Reported {
  if (!isWebhook(about))
    return {
      kind: 'run_complete',
      event: { ...envelopeOf(about), ...options.event, run: about },
      run: about,
    };
  if (isMachines(about)) return { kind: 'downed_machines', event: about };
  return { kind: 'other', type: about.event_type, event: about };
}

const envelopeOf = ({ ended_at }: FinishedRun) => ({
  event_id: EVENT_ID,
  event_type: 'run_complete',
  ...(ended_at && { occurred_at: ended_at }),
});

function ask(rule: FollowUps['rules'][number], about: Occurrence): Action[] | undefined {
  const { name } = rule;
  const question = attempt(name, () => questionTo(rule, about));
  if (question.kind === 'not_met') return undefined;
  const asked = call(name, question.ask);
  const settled = attempt(name, () => asked.flatMap((action) => settleRetries(action, about)));
  settled.forEach((action, position) => {
    checkStoring(name, action, position);
  });
  return settled;
}

/** @throws RuleFailedError where an action would fail, as the stage lacks what it names */
function refuseMisnamed(rule: string, actions: readonly Action[], stage: Nameable): void {
  const [cause] = misnamed(rule, actions, stage);
  if (cause) throw new RuleFailedError(cause.message, { cause });
}

/** @throws RuleFailedError where the processor could not store an action */
function checkStoring(rule: string, action: Action, position: number): void {
  try {
    record(action, { rule, position }, CONTEXT);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : 'no error';
    throw new RuleFailedError(
      `rule "${rule}": the event would fail with the reason ${reasonOf(cause)} (action ${position + 1}, ${action.kind}: ${said})`,
      { cause },
    );
  }
}

/** Rules may be plain JavaScript, so they return anything. */
function call(rule: string, work: () => unknown): Action[] {
  const returned = attempt(rule, work);
  if (returned instanceof Promise) {
    returned.catch(() => undefined);
    throw new RuleFailedError(`rule "${rule}" is async; a rule must return its actions at once`);
  }
  if (returned !== undefined) return [returned].flat() as Action[];
  throw new RuleFailedError(`rule "${rule}" returned nothing; return its actions, or [] for none`);
}

function attempt<T>(rule: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : 'what is no error';
    throw new RuleFailedError(`rule "${rule}" threw ${said}`, { cause });
  }
}

/** Of an installation that does not exist: keys of actions are not part of the result. */
const CONTEXT = {
  installation: 'test',
  subject: 'test',
  completion: 'test',
  maxFollowUpDepth: Number.POSITIVE_INFINITY,
  generation: 0,
};
