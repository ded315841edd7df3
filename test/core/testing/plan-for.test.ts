import { describe, expect, it } from 'vitest';
import {
  type Action,
  deliver,
  followUps,
  notify,
  outputAttachments,
  type RuleDefinition,
  retryRun,
  secret,
  startRun,
} from '../../../lambda/rules/index.ts';
import {
  downedMachines,
  finishedRun,
  type PlanOptions,
  planFor,
  RuleFailedError,
} from '../../../lambda/testing/index.ts';
import { anyAction } from '../support/plan.ts';

const PORTAL = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:portal-AbCdEf';

const rulesWith = (actions: RuleDefinition['actions']) => followUps({ name: 'invoice', actions });

describe('planFor', () => {
  it('planFor returns the actions of the rules that apply, by the name of the rule', () => {
    const rules = followUps(
      { name: 'one', status: 'error', actions: () => notify('a') },
      { name: 'several', actions: () => [notify('b'), notify('c')] },
      { name: 'none', actions: () => [] },
    );

    expect(planFor(rules, finishedRun())).toEqual({ several: [notify('b'), notify('c')], none: [] });
    expect(planFor(rules, finishedRun({ status: 'error' }))).toMatchObject({ one: [notify('a')] });
  });

  it('planFor shows the rules the run, the webhook around it, and the stage', () => {
    const rules = followUps(
      { workflows: { next: 'required' } },
      {
        name: 'tell',
        actions: ({ run, event, stage, workflowIds, depth, retries }) => {
          const { event_type = null, occurred_at = null, run: same } = event;
          const inputs = { event_type, occurred_at, same: same === run, stage, depth, retries };
          return startRun({ workflow_id: workflowIds.next, input_values: inputs });
        },
      },
    );

    expect(
      planFor(rules, finishedRun({ ended_at: '2026-02-03T04:05:06Z' }), {
        stage: 'prod',
        workflowIds: { next: 'n' },
        depth: 2,
        retries: 1,
      }),
    ).toEqual({
      tell: [
        startRun({
          workflow_id: 'n',
          input_values: {
            event_type: 'run_complete',
            occurred_at: '2026-02-03T04:05:06Z',
            same: true,
            stage: 'prod',
            depth: 2,
            retries: 1,
          },
        }),
      ],
    });
  });

  it('planFor accepts references where they may stand', () => {
    const run = finishedRun({ output_attachment_ids: ['a'] });
    const start = startRun({
      workflow_id: 'w',
      sensitive_input_values: { password: secret(PORTAL) },
      file_inputs: [outputAttachments(run)],
    });

    expect(
      planFor(
        rulesWith(() => start),
        run,
      ),
    ).toEqual({ invoice: [start] });
  });

  it('planFor replaces a retry that is used up by what is done instead', () => {
    const rules = rulesWith(() => retryRun({ max: 1, otherwise: notify('again') }));

    expect(planFor(rules, finishedRun()).invoice).toMatchObject([{ kind: 'retryRun' }]);
    expect(planFor(rules, finishedRun(), { retries: 1 })).toEqual({ invoice: [notify('again')] });
  });

  it('planFor refuses a destination or a secret that the stage does not have, if it knows these', () => {
    const plan = (action: Action, options: PlanOptions) =>
      planFor(
        rulesWith(() => action),
        finishedRun(),
        options,
      );
    const start = startRun({ workflow_id: 'w', sensitive_input_values: { password: secret(PORTAL) } });

    for (const options of [{}, { destinations: { persist: {} }, sensitiveSecretArns: [PORTAL] }]) {
      expect(() => plan(deliver('persist'), options)).not.toThrow();
      expect(() => plan(start, options)).not.toThrow();
    }
    const misspelt = () => plan(deliver('persists'), { stage: 'prod', destinations: { persist: {} } });
    expect(misspelt).toThrow(RuleFailedError);
    expect(misspelt).toThrow(
      'rule "invoice" delivers to "persists", which stage "prod" does not have; did you mean "persist"?',
    );
    expect(() => plan(start, { sensitiveSecretArns: [] })).toThrow('which stage "dev" does not allow');
  });

  it('planFor refuses a secret that is not named by its complete ARN', () => {
    const start = startRun({ workflow_id: 'w', sensitive_input_values: { password: secret('portal') } });

    expect(() =>
      planFor(
        rulesWith(() => start),
        finishedRun(),
      ),
    ).toThrow('rule "invoice" asks for the secret "portal", which is not a complete ARN');
  });

  it('planFor refuses rules that name a workflow which is not known', () => {
    const rules = followUps({ name: 'a', workflow: 'invoice' as never, actions: () => [] });

    expect(() => planFor(rules, finishedRun())).toThrow('rule "a" has the workflow "invoice"');
  });

  it('planFor fails for a stage that lacks a workflow that the rules require', () => {
    const rules = followUps({ workflows: { claim: 'required' } });

    expect(() => planFor(rules, finishedRun(), { stage: 'prod' })).toThrow(
      'stage "prod" has no id for the workflow "claim"',
    );
  });
});

describe('planFor an event that is not about a run', () => {
  const hasName = (event: unknown): event is { name: string } => JSON.stringify(event).includes('name');
  const rules = followUps(
    { workflows: { restart: 'required' } },
    { name: 'ended', actions: () => notify('ended') },
    {
      name: 'down',
      event: 'downed_machines',
      actions: ({ event, workflowIds, event_id, depth }) =>
        startRun({
          workflow_id: workflowIds.restart,
          input_values: { ids: event.machines.map(({ machine_id }) => machine_id), event_id, depth },
        }),
    },
    {
      name: 'created',
      event: 'workflow_created',
      guard: hasName,
      actions: ({ event }) => startRun({ workflow_id: 'w', input_values: { name: event.name } }),
    },
  );
  const options = { workflowIds: { restart: 'r' } };

  it('planFor asks only the rules about machines after a webhook about machines', () => {
    const webhook = downedMachines({ event_id: 'e', machines: [{ machine_id: 'm' }] });

    expect(planFor(rules, webhook, options)).toEqual({
      down: [startRun({ workflow_id: 'r', input_values: { ids: ['m'], event_id: 'e', depth: 0 } })],
    });
  });

  it('planFor asks only the rules about its type whose guards accept it after any other webhook', () => {
    expect(planFor(rules, { event_type: 'workflow_created', name: 'n' }, options)).toEqual({
      created: [startRun({ workflow_id: 'w', input_values: { name: 'n' } })],
    });
    expect(planFor(rules, { event_type: 'workflow_created' }, options)).toEqual({});
    expect(planFor(rules, { event_type: 'workflow_deleted', name: 'n' }, options)).toEqual({});
  });

  it('planFor says that such a rule cannot retry a run', () => {
    const actions = () => anyAction(retryRun({ max: 1 })) as never;
    const wrong = followUps({ name: 'down', event: 'downed_machines', actions });

    expect(() => planFor(wrong, downedMachines())).toThrow(
      'rule "down" threw NoRunError: retryRun needs a run that has ended',
    );
  });

  it('planFor refuses what the processor would refuse after such an event, too', () => {
    const wrong = followUps({ name: 'down', event: 'downed_machines', actions: () => notify('') });

    expect(() => planFor(wrong, downedMachines())).toThrow('the event would fail with the reason rule_threw');
  });
});

describe('a rule that would fail the event', () => {
  const failing: [string, RuleDefinition['actions'], string][] = [
    ['throws', () => anyAction(JSON.parse('{')), 'rule "invoice" threw SyntaxError: Expected property name'],
    ['is async', () => anyAction(Promise.reject(new Error('x'))), 'rule "invoice" is async'],
    ['forgets its return', () => anyAction(undefined), 'rule "invoice" returned nothing'],
    [
      'puts a secret among inputs',
      () => anyAction({ kind: 'startRun', body: { input_values: { login: { password: secret('arn') } } } }),
      'the event would fail with the reason reference_misplaced (action 1, startRun: secret at input_values.login.password)',
    ],
    ['notifies without a subject', () => notify(''), 'rule "invoice": the event would fail with'],
    [
      'makes up an action',
      () => anyAction({ kind: 'deleteRun' }),
      'rule "invoice" threw UnknownActionKindError',
    ],
  ];

  it.each(failing)('planFor names a rule that %s', (_, actions, said) => {
    expect(() => planFor(rulesWith(actions), finishedRun())).toThrow(RuleFailedError);
    expect(() => planFor(rulesWith(actions), finishedRun())).toThrow(said);
  });

  it('planFor keeps what a rule threw as the cause', () => {
    const cause = new Error('not found');
    const rules = rulesWith(() => {
      throw cause;
    });

    expect(() => planFor(rules, finishedRun())).toThrow(expect.objectContaining({ cause }));
  });
});

it('a finished run is one that has ended in success after a minute', () => {
  expect(finishedRun()).toEqual({
    id: '11111111-0000-4000-8000-000000000001',
    workflow_id: '22222222-0000-4000-8000-000000000002',
    status: 'success',
    created_at: '2026-01-01T00:00:00Z',
    ended_at: '2026-01-01T00:01:00Z',
  });
});

it('a webhook about machines is about one that is disconnected', () => {
  expect(downedMachines()).toEqual({
    event_id: '33333333-0000-4000-8000-000000000003',
    event_type: 'downed_machines',
    occurred_at: '2026-01-01T00:01:00Z',
    organization_id: 'org_1',
    machines: [
      {
        machine_id: '44444444-0000-4000-8000-000000000004',
        organization_id: 'org_1',
        name: 'front-desk',
        status: 'disconnected',
        last_seen: '2026-01-01T00:00:00Z',
        reason: 'disconnected',
      },
    ],
  });
});

it('a rule that throws what is no error is named, with the name of the error class', () => {
  const rules = followUps({
    name: 'odd',
    actions: () => {
      throw 'a text';
    },
  });

  expect(() => planFor(rules, finishedRun())).toThrow('rule "odd" threw what is no error');
  expect(new RuleFailedError().name).toBe('RuleFailedError');
});

it('rules see the stage dev unless a test names another', () => {
  const seen: string[] = [];
  const rules = followUps({
    name: 'seen',
    actions: ({ stage }) => {
      seen.push(stage);
      return [];
    },
  });
  planFor(rules, finishedRun());
  planFor(rules, finishedRun(), { stage: 'prod' });

  expect(seen).toEqual(['dev', 'prod']);
});
