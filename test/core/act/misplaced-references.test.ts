import { expect, it } from 'vitest';
import type { CompletionItem, Placeholder } from '../../../lambda/core/model/index.ts';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { notify, type RuleDefinition, secret, startChain, startRun } from '../../../lambda/rules/index.ts';
import { action, completion, event, loseResponse, processEvent, setUp, world } from '../support/scenario.ts';

const withPassword: RuleDefinition = {
  name: 'r',
  actions: () =>
    startRun({
      workflow_id: 'w',
      input_values: { shown: null, list: [null] },
      sensitive_input_values: { password: secret('arn:secret') },
    }),
};

/** A plan of this rule, stored but not carried out, to which someone has then added or changed placeholders. */
async function forged(rule: RuleDefinition, placeholders: Placeholder[], body?: string): Promise<void> {
  await setUp(rule);
  world.secrets.set('arn:secret#AWSCURRENT', 'the password');
  world.secrets.set('arn:secret#v1', 'the password');
  world.cyberdesk.answers.createRun = () => ({ kind: 'failed', status: 503, mayHaveTakenEffect: false });
  await processEvent();
  delete world.cyberdesk.answers.createRun;
  world.cyberdesk.calls.length = 0;
  const [action] = completion().actions ?? [];
  const actions = [{ ...action, placeholders, ...(body && { body }) }];
  world.model.force({ ...completion(), actions } as CompletionItem);
  world.later(HOUR);
  await processEvent();
}

const sent = () => world.cyberdesk.named('createRun').map(({ args }) => JSON.parse(String(args[0])));
const secretAt = (...path: string[]): Placeholder => ({ path, secret: { id: 'arn:secret' } });

it('a reference where its kind allows it is resolved', async () => {
  await forged(withPassword, [secretAt('sensitive_input_values', 'password')]);
  expect(sent()).toMatchObject([{ sensitive_input_values: { password: 'the password' } }]);
  expect(event().state).toBe('processed');
});

it.each<[string, Placeholder]>([
  ['among the inputs that Cyberdesk shows', secretAt('input_values', 'shown')],
  ['in a list among them', secretAt('input_values', 'list', '0')],
  ['in place of the workflow', secretAt('workflow_id')],
  ['where another kind has its secrets', secretAt('shared_sensitive_inputs', 'password')],
  ['where the body has no place for it', secretAt('sensitive_input_values', 'other')],
  ['outside of the body', secretAt('sensitive_input_values', '__proto__', 'password')],
  [
    'among the secrets, but with attachments',
    { path: ['sensitive_input_values', 'password'], attachments: { ids: ['a'] } },
  ],
])('a reference %s is refused, whoever has stored it', async (_, placeholder) => {
  await forged(withPassword, [placeholder]);
  expect(sent()).toEqual([]);
  expect(world.secrets.requests).toBe(1);
  expect(event()).toMatchObject({ state: 'failed', reason: 'reference_misplaced' });
});

it('one misplaced reference refuses the whole action, before any secret is read', async () => {
  await forged(withPassword, [
    secretAt('sensitive_input_values', 'password'),
    secretAt('input_values', 'shown'),
  ]);
  expect(world.secrets.requests).toBe(1);
  expect(event()).toMatchObject({ state: 'failed', reason: 'reference_misplaced' });
});

it('the references of a chain may stand in its shared inputs and its steps', async () => {
  await setUp({
    name: 'r',
    actions: () =>
      startChain({
        shared_sensitive_inputs: { password: secret('arn:secret') },
        steps: [{ workflow_id: 'w', session_alias: 's', sensitive_inputs: { pin: secret('arn:secret') } }],
      }),
  });
  world.secrets.set('arn:secret#AWSCURRENT', 'the password');
  await processEvent();
  expect(world.cyberdesk.named('createChain')).toHaveLength(1);
});

it('an announcement has no place for a secret', async () => {
  await setUp({ name: 'r', actions: () => notify('done') });
  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
});

it('a misplaced reference after a lost response leaves the outcome unknown', async () => {
  await setUp(withPassword);
  world.secrets.set('arn:secret#AWSCURRENT', 'the password');
  await loseResponse();
  const actions = [{ ...action(), placeholders: [secretAt('input_values', 'shown')] }];
  world.model.force({ ...completion(), actions });
  world.later(6 * SECOND);

  await processEvent({}, 2);

  expect(sent()).toHaveLength(1);
  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
});
