import { describe, expect, it } from 'vitest';
import {
  type ActionableEvent,
  type CompletionItem,
  isActionable,
  sha256,
  VERIFICATION_LINEAGE,
} from '../../../lambda/core/model/index.ts';
import { askRules } from '../../../lambda/core/plan/index.ts';
import { type AnyRule, notify, retryRun } from '../../../lambda/rules/index.ts';
import { actionRecord, completionItem, lineageItem } from '../support/items.ts';
import { beforeGet, event, setUp, setUpFor, world } from '../support/scenario.ts';
import { downedMachines, runComplete } from '../support/webhooks.ts';

const tell: AnyRule = { name: 'tell', actions: () => notify() };

/** The event as the verifier has stored it, with these changes. */
function received(more: Partial<ActionableEvent> = {}): ActionableEvent {
  const found = event();
  if (!isActionable(found)) throw new Error('the rules are not asked about this event');
  return Object.assign(found, more);
}

const ask = (draft: CompletionItem = completionItem()) => askRules(world.worker, received(), draft);

it('a completion does not count a retry of its own among those that came before it', async () => {
  const seen: number[] = [];
  await setUp({
    name: 'retry',
    actions: ({ retries }) => {
      seen.push(retries);
      return retryRun({ max: 2, otherwise: notify() });
    },
  });
  const draft = completionItem();
  world.model.force(lineageItem('run-1', { retried: ['completion#earlier', draft.sk] }));

  const { draft: taken } = await ask(draft);

  expect(seen).toEqual([1]);
  expect(taken).toMatchObject({ retries: 1, actions: [{ kind: 'retryRun' }] });
});

describe('events that no rule is asked about', () => {
  it('a run of verify-api is ignored, and the rules are not asked about it', async () => {
    await setUp(tell);
    world.model.force(lineageItem('run-1', VERIFICATION_LINEAGE));

    expect(await ask()).toMatchObject({ ignored: 'verification', draft: { actions: [] } });
  });

  it('a run of verify-api that was marked too late is not ignored while it has actions from before', async () => {
    await setUp(tell);
    world.model.force(lineageItem('run-1', VERIFICATION_LINEAGE));
    const begun = actionRecord({ result: { run_ids: ['x'], at: 1 } });

    const asked = await ask(completionItem({ actions: [begun] }));

    expect(asked).not.toHaveProperty('ignored');
    expect(asked.draft.actions).toEqual([begun]);
  });

  it('an event of a type that no rule names is ignored', async () => {
    await setUpFor(downedMachines(), tell);

    expect(await ask()).toMatchObject({ ignored: 'unknown_event_type', draft: { actions: [] } });
  });

  it('a run after which the rules ask for nothing is not ignored', async () => {
    await setUp({ name: 'silent', actions: () => [] });

    const asked = await ask();

    expect(asked).not.toHaveProperty('ignored');
    expect(asked.draft).toMatchObject({ actions: [], idle: { silent: 'nothing' } });
  });
});

describe('the stored body of an event', () => {
  const lost = { draft: { failure: { reason: 'body_lost' } } };

  it('a completion fails as body_lost if the pieces of its body are missing', async () => {
    await setUp(tell);
    const { body: _body, ...bodiless } = received();

    expect(await askRules(world.worker, { ...bodiless, body_pieces: 1 }, completionItem())).toMatchObject(
      lost,
    );
  });

  it('a completion fails as body_lost if its body reports something else than its event', async () => {
    const other = downedMachines();
    await setUpFor(other, tell);
    const { body } = event();
    await setUpFor(runComplete(), tell);
    if (!body) throw new Error('the body is not stored in the event');

    const asked = await askRules(
      world.worker,
      received({ body, body_sha256: sha256(other) }),
      completionItem(),
    );

    expect(asked).toMatchObject(lost);
    expect(asked.draft).not.toHaveProperty('actions');
  });

  it('a body that cannot be read for now fails no completion: the event is handled again', async () => {
    await setUp(tell);
    const { body: _body, ...bodiless } = received();
    beforeGet(({ sk }) => {
      if (sk === 'body') throw new Error('the table is throttled');
    });

    await expect(askRules(world.worker, { ...bodiless, body_pieces: 1 }, completionItem())).rejects.toThrow(
      'the table is throttled',
    );
  });
});
