import { expect, it } from 'vitest';
import { processMessage } from '../../../lambda/core/process/process-message.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import type { Finished } from '../../../lambda/rules/index.ts';
import { runComplete, startNext } from '../support/webhooks.ts';
import { createWorld } from '../support/world.ts';

it('a webhook is stored and queued, and starts its follow-up once', async () => {
  const { ports, queue, worker, model, cyberdesk, system } = createWorld(startNext);

  const receipt = await receive(ports, { svixId: 'msg_1', body: runComplete() }, 90);
  const [message] = queue.receive(system.now(), 5, 270_000);
  const verdict = await processMessage(worker, { body: message?.body ?? '', receives: 1, facts: {} });

  expect(receipt).toMatchObject({ event: 'event-1', outcome: 'accepted' });
  expect(verdict).toEqual({ kind: 'acknowledge', outcome: 'processed' });
  expect(model.get({ pk: 'event#event-1', sk: 'event' })).toMatchObject({ state: 'processed' });
  expect(model.get({ pk: 'run#started-1', sk: 'lineage' })).toMatchObject({ depth: 1 });
  expect(cyberdesk.named('createRun')).toHaveLength(1);
  expect(cyberdesk.named('createRun')[0]?.args[0]).toBe(
    '{"workflow_id":"workflow-next","input_values":{"summary":"three invoices filed"}}',
  );
  const again = await processMessage(worker, { body: message?.body ?? '', receives: 2, facts: {} });
  expect(again).toEqual({ kind: 'acknowledge', outcome: 'finished_before' });
  expect(cyberdesk.named('createRun')).toHaveLength(1);
});

it('a rule sees the webhook as it was sent, around the run', async () => {
  const seen: unknown[] = [];
  const actions = ({ event, run }: Finished) => {
    seen.push(event, event.run === run);
    return [];
  };
  const { ports, queue, worker, system } = createWorld({ name: 'look', actions });
  const body = runComplete({}, { occurred_at: '2026-11-25T10:00:00Z', extra: { of: 'tomorrow' } });

  await receive(ports, { svixId: 'msg_1', body }, 90);
  const [message] = queue.receive(system.now(), 5, 270_000);
  await processMessage(worker, { body: message?.body ?? '', receives: 1, facts: {} });

  expect(seen).toEqual([JSON.parse(body.toString()), true]);
});
