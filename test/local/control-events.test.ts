import { expect, it } from 'vitest';
import type { ActionRecord, EventItem } from '../../lambda/core/model/index.ts';
import { begunCompletion, forgottenEvent, putItems } from '../e2e/kit/forgotten.ts';
import { useWhole } from '../e2e/kit/local-run.ts';
import { runComplete } from '../e2e/kit/webhooks.ts';

const whole = useWhole();
const AT = 1_700_000_000_000;
const BEGUN = { first: AT, last: AT };
const get = (path: string) => fetch(`${whole().run.url}/_local/${path}`);

it('reading events bypasses faults and adds nothing to the counted calls', async () => {
  const { run } = whole();
  const webhook = runComplete();
  await whole().deliver(webhook);
  const event = await whole().finished(webhook.event_id);
  const counted = new Map(run.calls.counts);
  run.faults.plant({ call: '*:*', do: 'drop', function: 'operator', times: 'always' });

  const { events } = (await (await get('events')).json()) as { events: { event_id: string }[] };

  expect(events.map(({ event_id }) => event_id)).toEqual([webhook.event_id]);
  expect(await whole().event(webhook.event_id)).toEqual(event);
  expect((await whole().body(webhook.event_id)).toString()).toBe(JSON.stringify(webhook));
  const byOperator = [...run.calls.counts].filter(([name]) => name.startsWith('operator'));
  expect(byOperator).toEqual([...counted].filter(([name]) => name.startsWith('operator')));
  run.faults.clear();
});

it('a duplicate shows the actions of the event that owns its completion', async () => {
  const original = runComplete();
  const duplicate = runComplete(original.run);
  for (const webhook of [original, duplicate]) {
    await whole().deliver(webhook);
    await whole().finished(webhook.event_id);
  }
  const [first, second] = [await whole().event(original.event_id), await whole().event(duplicate.event_id)];
  expect(second).toMatchObject({ duplicate_of: original.event_id, owner: original.event_id });
  expect(second?.actions).toEqual(first?.actions);
});

it.each([
  ['planned', {}],
  ['begun', { begun: BEGUN }],
  ['planned', { not_before: AT }],
  ['begun', { begun: BEGUN, not_before: AT }],
  ['failed', { failure: { reason: 'refused' } }],
  ['done', { result: { run_ids: [], at: AT } }],
  ['skipped', { result: { run_ids: [], at: AT }, decision: { kind: 'skip', by: 'someone', at: AT } }],
] satisfies [string, Partial<ActionRecord>][])(
  'the document of an event shows an action as %s: %j',
  async (state, more) => {
    const event: EventItem = { ...forgottenEvent(), state: 'processed' };
    const completion = begunCompletion(event, {});
    const actions = completion.actions?.map(({ begun: _begun, ...action }) => ({ ...action, ...more }));
    await putItems(whole(), event, { ...completion, ...(actions && { actions }) });

    const shown = await whole().event(event.event_id);

    expect(shown?.actions).toMatchObject([{ state }]);
  },
);

it('the list of events is newest first, and as long as its limit allows', async () => {
  const webhooks = [runComplete(), runComplete(), runComplete()];
  for (const webhook of webhooks) {
    await whole().deliver(webhook);
    await whole().finished(webhook.event_id);
  }
  const { events } = (await (await get('events?limit=2')).json()) as { events: { event_id: string }[] };
  expect(events.map(({ event_id }) => event_id)).toEqual([webhooks[2]?.event_id, webhooks[1]?.event_id]);
});

it.each([
  ['events/unknown', 404],
  ['events/unknown/body', 404],
  ['events?limit=0', 400],
  ['events?limit=1e3', 400],
])('GET %s answers %i', async (path, status) => {
  expect((await get(path)).status).toBe(status);
});
