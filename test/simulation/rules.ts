import {
  type FollowUps,
  followUps,
  notify,
  outputAttachments,
  publish,
  type RuleDefinition,
  retryRun,
  secret,
  startChain,
  startRun,
} from '../../lambda/rules/index.ts';

export const SECRET_ID = 'arn:secret';

/** Rules that are tried, each on events of its own first workflow; `repaired`: after a deploy that changed them. */
const RULES: Record<string, (repaired: boolean, die: () => void) => RuleDefinition['actions']> = {
  start:
    (repaired) =>
    ({ run }) =>
      startRun({
        workflow_id: 'next',
        input_values: repaired ? { b: 2, a: run.output_data?.n } : { a: run.output_data?.n },
      }),
  /** As others do all the time, beside us; only a key of its own distinguishes these runs. */
  correlated: () => () =>
    startRun({ workflow_id: 'next', input_values: { zebra: 1 } }, { correlate: 'started_by' }),
  /** Every event asks for the same, so the runs are equal. */
  equal: () => () => startRun({ workflow_id: 'next', input_values: { zebra: 1, ape: 2 } }),
  several:
    () =>
    ({ run }) => [
      startRun({ workflow_id: 'next', input_values: { z: run.output_data?.n, a: 'first' } }),
      publish({ kind: 'test' }),
      startRun({ workflow_id: 'other', input_values: { z: run.output_data?.n, a: 'second' } }),
    ],
  secret:
    () =>
    ({ run }) =>
      startRun({
        workflow_id: 'next',
        input_values: { n: run.output_data?.n },
        sensitive_input_values: { password: secret(SECRET_ID) },
        file_inputs: [outputAttachments(run)],
      }),
  /** Nothing distinguishes these runs from those that others start: after a lost response, a person has to. */
  bare: () => () => [startRun({ workflow_id: 'next' }), startRun({ workflow_id: 'other' })],
  chain:
    () =>
    ({ run }) =>
      startChain({
        shared_inputs: { n: run.output_data?.n },
        steps: [{ workflow_id: 'next' }, { workflow_id: 'other' }, { workflow_id: 'next' }],
      }),
  retry: () => () => retryRun({ max: MAX_RETRIES, otherwise: notify('still failing') }),
  loop:
    () =>
    ({ run, depth }) =>
      startRun({ workflow_id: run.workflow_id, input_values: { n: run.output_data?.n, depth } }),
  throws:
    (repaired) =>
    ({ run }) => {
      if (!repaired) throw new Error('a rule with a mistake');
      return startRun({ workflow_id: 'next', input_values: { n: run.output_data?.n } });
    },
  refused:
    (repaired) =>
    ({ run }) => [
      startRun({ workflow_id: 'other', input_values: { n: run.output_data?.n } }),
      startRun({ workflow_id: repaired ? 'next' : 'closed', input_values: { n: run.output_data?.n } }),
    ],
  /** Kills the worker that asks it, as a rule that runs out of memory does. */
  poison: (_, die) => () => {
    die();
    return [];
  },
  /** Asks for something only after a deploy. */
  later:
    (repaired) =>
    ({ run }) =>
      repaired ? startRun({ workflow_id: 'next', input_values: { n: run.output_data?.n } }) : [],
  announce: () => () => [notify('ended'), publish()],
  large:
    () =>
    ({ run }) =>
      startRun({ workflow_id: 'next', input_values: { n: run.output_data?.n, text: 'x'.repeat(70_000) } }),
};

export const RULE_NAMES = Object.keys(RULES);
/** Rules whose events no outage may send to the dead-letter queue. */
export const CALM_RULES = ['start', 'later', 'several', 'secret', 'chain', 'announce', 'large', 'correlated'];

export const MAX_DEPTH = 2;
export const MAX_RETRIES = 2;

/** The rules of an installation. Each has a workflow of its own, so that a schedule can choose its rules. */
export function rulesOf(repaired: boolean, die: () => void): FollowUps {
  return followUps(
    ...Object.entries(RULES).map(([name, rule]): RuleDefinition => {
      const actions = rule(repaired, die);
      return {
        name,
        workflow: `first-${name}`,
        ...(name === 'retry' ? { status: 'error' } : { status: ['success', 'error'] }),
        actions,
      };
    }),
  );
}
