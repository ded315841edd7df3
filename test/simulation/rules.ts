// cspell:ignore weiß
import { DAY } from '../../lambda/core/model/time.ts';
import {
  type AnyRule,
  deliver,
  type FollowUps,
  followUps,
  type Json,
  notify,
  type OtherRule,
  outputAttachments,
  publish,
  type RuleDefinition,
  retryRun,
  secret,
  startChain,
  startRun,
} from '../../lambda/rules/index.ts';

export const SECRET_ID = 'arn:secret';
export const SIGNING_SECRET = 'signing-secret';
export const API_KEY = 'api-key';
/** A session that others use as well. */
export const SHARED_SESSION = 'session-shared';
/** Where events are delivered. */
export const DESTINATION = 'own';

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
  /** Inputs that an API may show in another way than they were sent. */
  odd:
    () =>
    ({ run }) =>
      startRun({
        workflow_id: 'next',
        input_values: {
          n: run.output_data?.n,
          note: null,
          memo: '',
          tags: [],
          more: {},
          text: 'The first line\r\nand a second one, Weiß 5',
          price: 1234.5678,
        },
      }),
  /** The event itself is large: its body is stored in pieces. */
  bulky:
    () =>
    ({ run }) =>
      startRun({ workflow_id: 'next', input_values: { n: run.output_data?.n } }),
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
  /** A mistake of an hour, which comes back with the rules of then: no such workflow ever exists. */
  mistyped:
    (repaired) =>
    ({ run }) =>
      startRun({ workflow_id: repaired ? 'next' : 'nowhere', input_values: { n: run.output_data?.n } }),
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
  /** The event itself goes to code of the customer's, which fails now and then. */
  deliver:
    () =>
    ({ run }) => [
      deliver(DESTINATION),
      startRun({ workflow_id: 'next', input_values: { n: run.output_data?.n } }),
    ],
  /** As a chain, in several attempts: the first of its steps holds the key. */
  'correlated-chain': () => () =>
    startChain({ steps: [{ workflow_id: 'other' }, { workflow_id: 'next' }] }, { correlate: 'started_by' }),
  joined:
    () =>
    ({ run }) =>
      startChain({
        session_id: SHARED_SESSION,
        shared_inputs: { n: run.output_data?.n },
        steps: [{ workflow_id: 'other' }, { workflow_id: 'next' }],
      }),
  /** In a session that others use, only the first step of each of these holds a key. */
  'joined-correlated': () => () => [
    startChain({ session_id: SHARED_SESSION, steps: [{ workflow_id: 'next' }] }, { correlate: 'started_by' }),
    startChain(
      { session_id: SHARED_SESSION, steps: [{ workflow_id: 'other' }, { workflow_id: 'next' }] },
      { correlate: 'started_by' },
    ),
  ],
  large:
    () =>
    ({ run }) =>
      startRun({ workflow_id: 'next', input_values: { n: run.output_data?.n, text: 'x'.repeat(70_000) } }),
};

/** Rules that take long, and are tried now and then. */
const LONG_RULES: typeof RULES = {
  /** As many as a plan may hold. */
  many:
    () =>
    ({ run }) =>
      Array.from({ length: 200 }, (_, i) =>
        i % 2 === 0
          ? startRun({ workflow_id: 'next', input_values: { n: run.output_data?.n, i } })
          : publish({ i: String(i) }),
      ),
  'too-many':
    (repaired) =>
    ({ run }) =>
      Array.from({ length: repaired ? 3 : 201 }, (_, i) =>
        startRun({ workflow_id: 'next', input_values: { n: run.output_data?.n, i } }),
      ),
};

export const RULE_NAMES = Object.keys(RULES);
export const LONG_RULE_NAMES = Object.keys(LONG_RULES);
/**
 * Rules whose events no outage may send to the dead-letter queue. Those without inputs and without a key of their own
 * are not among them: after a lost response, only a person can distinguish their runs from those of others.
 */
export const CALM_RULES = [
  'start',
  'later',
  'several',
  'secret',
  'chain',
  'announce',
  'deliver',
  'bulky',
  'large',
  'correlated',
  'correlated-chain',
];

export const MAX_DEPTH = 2;
/** How long the stage keeps events and their bodies, milliseconds: for as short as the settings allow. */
export const EVENT_RETENTION = 14 * DAY;
export const MAX_RETRIES = 2;

const numberOf = (event: unknown): Json => Object(event).n;

/** Rules about events that are not about runs; of one type, nothing is asked for before the deploy. */
const otherRules = (repaired: boolean): AnyRule[] => {
  const actions: OtherRule['actions'] = ({ event }) => [
    startRun({ workflow_id: 'next', input_values: { n: numberOf(event) } }),
    notify('other'),
  ];
  const published: OtherRule = {
    name: 'published',
    event: 'workflow_published',
    guard: (event): event is unknown => numberOf(event) !== undefined,
    actions,
  };
  return [{ name: 'machines', event: 'downed_machines', actions }, ...(repaired ? [published] : [])];
};

/**
 * The rules of an installation, before and after a deploy that repaired them. Each has a workflow of its own, so that a
 * schedule can choose its rules.
 */
export function rulesOf(die: () => void): (repaired: boolean) => FollowUps {
  const make = (repaired: boolean) =>
    followUps(
      ...Object.entries({ ...RULES, ...LONG_RULES }).map(([name, rule]): RuleDefinition => {
        const actions = rule(repaired, die);
        const status: RuleDefinition['status'] = name === 'retry' ? 'error' : ['success', 'error'];
        return { name, workflow: `first-${name}`, status, actions };
      }),
      ...otherRules(repaired),
    );
  const made = new Map<boolean, FollowUps>();
  return (repaired) => {
    const rules = made.get(repaired) ?? make(repaired);
    made.set(repaired, rules);
    return rules;
  };
}
