import { describe, expect, it } from 'vitest';
import { processMessage } from '../../../lambda/core/process/process-message.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { notify, publish } from '../../../lambda/rules/index.ts';
import { runComplete, startNext } from '../support/webhooks.ts';
import { createWorld, settings } from '../support/world.ts';

describe('an event on its way', () => {
  it('is stored, queued, and starts its follow-up once', async () => {
    const { ports, queue, worker, model, cyberdesk, system } = createWorld(startNext);

    const receipt = await receive(ports, { svixId: 'msg_1', body: runComplete() }, 90);
    const [message] = queue.receive(system.now(), 5, 270_000);
    const verdict = await processMessage(worker, { body: message?.body as string, receives: 1 });

    expect(receipt).toEqual({ event: 'event-1', outcome: 'accepted' });
    expect(verdict).toEqual({ kind: 'acknowledge', outcome: 'processed' });
    expect(model.get({ pk: 'event#event-1', sk: 'event' })).toMatchObject({ state: 'processed' });
    expect(model.get({ pk: 'run#started-1', sk: 'lineage' })).toMatchObject({ depth: 1 });
    expect(cyberdesk.named('createRun')).toHaveLength(1);
    expect(cyberdesk.named('createRun')[0]?.args[0]).toBe(
      '{"workflow_id":"workflow-next","input_values":{"summary":"three invoices filed"}}',
    );
    const again = await processMessage(worker, { body: message?.body as string, receives: 2 });
    expect(again).toEqual({ kind: 'acknowledge', outcome: 'finished_before' });
    expect(cyberdesk.named('createRun')).toHaveLength(1);
  });

  it('announces with ids, status and links only', async () => {
    const { ports, worker, announced } = createWorld({
      name: 'tell',
      actions: () => [notify('Look'), publish({ a: 'b' })],
    });

    await receive(ports, { svixId: 'msg_1', body: runComplete({ status: 'error' }) }, 90);
    await processMessage(worker, { body: '{"v":1,"event":"event-1"}', receives: 1 });

    expect(announced.map(({ topic }) => topic)).toEqual(['notify', 'publish']);
    expect(JSON.stringify(announced)).not.toContain('invoices');
    expect(announced[1]).toMatchObject({
      attributes: { a: 'b', status: 'error', rule: 'tell', stage: 'dev' },
      fields: { run_id: 'run-1', run_url: `${settings.apiUrl}/v1/runs/run-1` },
    });
  });
});
