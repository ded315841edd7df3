import { expect, it } from 'vitest';
import { type EventItem, eventKey } from '../../../lambda/core/model/index.ts';
import { processMessage } from '../../../lambda/core/process/process-message.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { notify } from '../../../lambda/rules/index.ts';
import { isCompletion } from '../../simulation/model/items.ts';
import { event, processEvent, setUpFor, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { downedMachines, runComplete, startNext } from '../support/webhooks.ts';
import { createWorld } from '../support/world.ts';

const END = new Date(START + 60_000).toISOString();

/** Two events of one run, handled one after the other; the API names one end of it. */
async function handled(first: string | undefined, second: string | undefined) {
  const w = createWorld(startNext);
  w.cyberdesk.runs.push({
    id: 'run-1',
    workflow_id: 'workflow-first',
    status: 'success',
    created_at: new Date(START).toISOString(),
    ended_at: END,
  });
  const ends = { first, second };
  for (const [id, ended_at] of Object.entries(ends)) {
    const body = runComplete({ ended_at }, { event_id: id });
    await receive(w.ports, { svixId: `msg_${id}`, body }, 90);
    await processMessage(w.worker, { body: JSON.stringify({ v: 1, event: id }), receives: 1, facts: {} });
  }
  const event = (id: string) => w.model.get(eventKey(id)) as EventItem;
  return { first: event('first'), second: event('second'), counted: w.counted };
}

it('two events without an end for which the API names one are marked as merged, and counted', async () => {
  const { first, second, counted } = await handled(undefined, undefined);

  expect(second).toMatchObject({ state: 'processed', duplicate_of: 'first', merged_without_end: true });
  expect(first).not.toHaveProperty('merged_without_end');
  expect(counted.filter((name) => name === 'MergedWithoutEnd')).toHaveLength(1);
});

it.each([
  ['first', END, undefined],
  ['second', undefined, END],
])(
  'two events of which only the %s names the end may be two endings, so they are marked as merged',
  async (_, one, other) => {
    const { second, counted } = await handled(one, other);

    expect(second).toMatchObject({ state: 'processed', duplicate_of: 'first', merged_without_end: true });
    expect(counted).toContain('MergedWithoutEnd');
  },
);

it('two events that name the same end are copies, not merged', async () => {
  const { second, counted } = await handled(END, END);

  expect(second).toMatchObject({ state: 'processed', duplicate_of: 'first' });
  expect(second).not.toHaveProperty('merged_without_end');
  expect(counted).not.toContain('MergedWithoutEnd');
});

it('an event that reports nothing but itself is never marked as merged, as it has no end', async () => {
  await setUpFor(downedMachines(), { name: 'down', event: 'downed_machines', actions: () => notify() });
  await processEvent();
  const completion = [...world.model.items.values()].find(isCompletion);
  if (!completion) throw new Error('there is no completion');
  world.model.force({ ...completion, owner: 'event-0' });
  world.model.force({ ...event(), state: 'received' });

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'duplicate' });

  expect(event()).toMatchObject({ state: 'processed', duplicate_of: 'event-0' });
  expect(event()).not.toHaveProperty('merged_without_end');
  expect(world.counted).not.toContain('MergedWithoutEnd');
});
