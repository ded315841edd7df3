import { describe, expect, it } from 'vitest';
import { checkStatuses } from '../../ops/doctor/statuses.ts';
import { useStage } from './support/use-stage.ts';

describe('doctor and the statuses of runs', () => {
  const here = useStage();
  const found = async () => {
    const [finding, ...others] = await checkStatuses(here.stage);
    expect(others).toEqual([]);
    return finding;
  };
  const deliver = (event_id: string, status: unknown) => here.service.deliver({ event_id, run: { status } });

  it('doctor finds every status known where each is', async () => {
    expect(await found()).toMatchObject({ state: 'ok' });
    await here.service.deliver();

    expect(await found()).toMatchObject({
      state: 'ok',
      text: 'every status of the last 7 days is known',
    });
  });

  it('doctor names the run statuses that this release does not know', async () => {
    await here.service.deliver();
    for (const times of [1, 2]) await deliver(`event-${times}`, 'timed_out');

    expect(await found()).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('"timed_out" (2)'),
      next: expect.stringContaining('reconcile'),
    });
  });

  it.each(['timed out', 'geprüft', 'late\u0007'])(
    'doctor counts an unknown status that is not stored, such as %j, without repeating it',
    async (status) => {
      for (const times of [1, 2]) await deliver(`event-${times}`, status);
      await deliver('event-3', 'late');

      const finding = await found();

      expect(finding).toMatchObject({
        state: 'warning',
        text: expect.stringMatching(/"late" \(1\), .*not stored.* \(2\)/),
        next: expect.stringMatching(/events show event-\d --payload/),
      });
      expect(JSON.stringify(finding)).not.toContain(status);
    },
  );

  it('doctor does not take an event without a status for one with an unknown status', async () => {
    await deliver('event-1', undefined);
    await deliver('event-2', 'x'.repeat(200));

    expect(await found()).toMatchObject({ state: 'ok' });
  });

  it('doctor says that it has not looked at every event without a stored status', async () => {
    for (let number = 0; number < 101; number += 1) await deliver(`event-${number}`, null);

    expect(await found()).toMatchObject({
      state: 'ok',
      text: 'every status of the newest events is known; there are more than doctor looks at',
    });
  });
});
