import { describe, expect, it } from 'vitest';
import { DAY } from '../../lambda/core/model/time.ts';
import { checkArrival } from '../../ops/doctor/arrival.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();

describe('the arrival of webhooks', () => {
  const seen = (days = 0) => checkArrival(here.stage, Date.now() + days * DAY);

  it.each(['probe:1', 'test:1', 'reconciled:1', 'msg_test_1'])(
    'the arrival of webhooks is not assumed if only %s was received',
    async (id) => {
      await here.service.deliver({ event_id: id });
      expect(await seen()).toMatchObject({
        state: 'info',
        text: expect.stringContaining(
          'no webhook has been accepted yet, only tests, probes and reconciled events. ',
        ),
      });
      await here.service.deliver();
      expect(await seen()).toMatchObject({ state: 'ok', text: expect.stringContaining('webhooks arrive') });
    },
  );

  it('a test event is suggested in a local run that has none, and not once there is one', async () => {
    const local = async () => (await checkArrival({ ...here.stage, isLocal: true })).text;

    expect(await local()).toContain('Send a test event: npx --no cyberdesk-webhooks send');
    await here.service.deliver({ event_id: 'test:1' });
    expect(await local()).not.toContain('Send a test event');
  });

  it('the arrival of webhooks is in doubt after a week without one, with a reconcile as the next step', async () => {
    await here.service.deliver();
    expect(await seen(6)).toMatchObject({ state: 'ok' });
    expect(await seen(14.5)).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('the last webhook arrived 14d ago'),
      next: expect.stringMatching(
        /Svix dashboard.* npx --no cyberdesk-webhooks reconcile --since 16d --stage dev$/,
      ),
    });
    here.stage.outputs.eventRetentionDays = 400;
    expect((await seen(200))?.next).toContain('--since 90d');
  });
});

describe('a webhook behind many events of this command', () => {
  it('checkArrival finds a webhook behind many events of this command', async () => {
    await here.service.deliver();
    for (let count = 0; count < 250; count += 1)
      await here.service.deliver({ event_id: `reconciled:${count}` });
    expect(await checkArrival(here.stage)).toMatchObject({
      state: 'ok',
      text: expect.stringContaining('webhooks arrive'),
    });
  });
});
