import { expect, it } from 'vitest';
import { type CompletionItem, type Item, pieceKey } from '../../../lambda/core/model/index.ts';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { type RuleDefinition, startRun } from '../../../lambda/rules/index.ts';
import { COMPLETION, completion, event, failCall, processEvent, setUp, world } from '../support/scenario.ts';

const text = 'x'.repeat(70_000);
const large: RuleDefinition = {
  name: 'large',
  actions: () => startRun({ workflow_id: 'w', input_values: { text } }),
};

/** A large plan whose only action waits after a failed try. */
async function waiting() {
  await setUp(large);
  failCall('createRun', { status: 403 });
  await processEvent();
  delete world.cyberdesk.answers.createRun;
  const reference = completion().actions?.[0]?.body_ref;
  if (!reference) throw new Error('the plan is not stored in pieces');
  return reference;
}

const sentText = () =>
  JSON.parse(String(world.cyberdesk.named('createRun').at(-1)?.args[0])).input_values.text;

it('bodies of a plan are stored under keys of their own, which the verifier may not write', async () => {
  const reference = await waiting();
  expect(reference).toMatchObject({ owner: 'plan', pieces: 1 });
  expect(world.model.get({ pk: `plan#${reference.sha256}/0`, sk: 'body' })).toBeDefined();
  expect(world.model.get({ pk: `body#${reference.sha256}/0`, sk: 'body' })).toBeUndefined();
});

it('a plan that an earlier release stored under the keys of event bodies is still carried out', async () => {
  const { owner: _owner, ...reference } = await waiting();
  const stored = world.model.get(pieceKey(reference.sha256, 0, 'plan')) as Item;
  world.model.items.delete(`${stored.pk}\n${stored.sk}`);
  world.model.force({ ...stored, ...pieceKey(reference.sha256, 0) });
  const [action] = completion().actions ?? [];
  world.model.force({
    ...completion(),
    v: 1,
    actions: [{ ...action, body_ref: reference }],
  } as CompletionItem);
  world.later(6 * SECOND);
  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  expect(sentText()).toBe(text);
});

it('a release that looks elsewhere for the bodies of a plan waits instead of missing them', async () => {
  await waiting();
  expect(world.model.get(COMPLETION)?.v).toBe(2);
  world.later(HOUR);
  await processEvent();
  expect(event().state).toBe('processed');
  expect(world.model.get(COMPLETION)?.v).toBe(1);
});
