import { expect, it } from 'vitest';
import { HOUR } from '../../../lambda/core/model/time.ts';
import { resend } from '../../../lambda/core/sweep/resend.ts';
import { createWorld } from '../support/world.ts';
import { openEvent, sweepPorts } from './kit.ts';

it('a note that fails does not leave the notes beside it under way', async () => {
  const world = createWorld();
  const { ports } = sweepPorts(world);
  const received_at = new Date(world.system.now() - 2 * HOUR).toISOString();
  const events = Array.from({ length: 5 }, (_, count) =>
    openEvent({ event_id: `e${count}`, received_at }, 0),
  );
  for (const event of events) world.model.force(event);
  let calls = 0;
  let underWay = 0;
  const put: typeof world.table.put = async (item, expected) => {
    calls += 1;
    if (calls === 1) throw new Error('throttled');
    underWay += 1;
    await new Promise(setImmediate);
    underWay -= 1;
    return world.table.put(item, expected);
  };

  await expect(resend({ ...ports, table: { ...world.table, put } }, events)).rejects.toThrow('throttled');

  expect([calls, underWay]).toEqual([5, 0]);
});
