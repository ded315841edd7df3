import { expect, it } from 'vitest';
import { type CompletionItem, type Item, pieceKey } from '../../../lambda/core/model/index.ts';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { type RuleDefinition, startRun } from '../../../lambda/rules/index.ts';
import { COMPLETION, completion, event, go, setUp, w } from '../drive.ts';

const text = 'x'.repeat(70_000);
const large: RuleDefinition = {
  name: 'large',
  actions: () => startRun({ workflow_id: 'w', input_values: { text } }),
};

/** A large plan whose only action waits after a failed try. */
async function waiting() {
  await setUp(large);
  w.cyberdesk.answers.createRun = () => ({ kind: 'failed', status: 503, mayHaveTakenEffect: false });
  await go();
  delete w.cyberdesk.answers.createRun;
  const reference = completion().actions?.[0]?.body_ref;
  if (!reference) throw new Error('the plan is not stored in pieces');
  return reference;
}

const sentText = () => JSON.parse(String(w.cyberdesk.named('createRun').at(-1)?.args[0])).input_values.text;

it('bodies of a plan are stored under keys of their own, which the verifier may not write', async () => {
  const reference = await waiting();
  expect(reference).toMatchObject({ owner: 'plan', pieces: 1 });
  expect(w.model.get({ pk: `plan#${reference.sha256}/0`, sk: 'body' })).toBeDefined();
  expect(w.model.get({ pk: `body#${reference.sha256}/0`, sk: 'body' })).toBeUndefined();
});

it('a plan that an earlier release stored under the keys of event bodies is still carried out', async () => {
  const { owner: _owner, ...reference } = await waiting();
  const stored = w.model.get(pieceKey(reference.sha256, 0, 'plan')) as Item;
  w.model.items.delete(`${stored.pk}\n${stored.sk}`);
  w.model.force({ ...stored, ...pieceKey(reference.sha256, 0) });
  const [action] = completion().actions ?? [];
  w.model.force({ ...completion(), v: 1, actions: [{ ...action, body_ref: reference }] } as CompletionItem);
  w.later(6 * SECOND);
  expect(await go()).toMatchObject({ outcome: 'processed' });
  expect(sentText()).toBe(text);
});

it('a release that looks elsewhere for the bodies of a plan waits instead of missing them', async () => {
  await waiting();
  expect(w.model.get(COMPLETION)?.v).toBe(2);
  w.later(HOUR);
  await go();
  expect(event().state).toBe('processed');
  expect(w.model.get(COMPLETION)?.v).toBe(1);
});
