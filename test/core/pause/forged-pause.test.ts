import { expect, it } from 'vitest';
import { PAUSE_KEY, type PauseItem } from '../../../lambda/core/model/index.ts';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { PauseGate } from '../../../lambda/core/pause/index.ts';
import { TableModel } from '../../simulation/model/table.ts';
import { TestCyberdesk } from '../support/cyberdesk.ts';
import { START, TestSystem } from '../support/system.ts';
import { asTable } from '../support/world.ts';

const YEAR_3000 = Date.parse('3000-01-01T00:00:00Z');

function paused(pause: Partial<PauseItem>) {
  const model = new TableModel();
  model.force({ ...PAUSE_KEY, v: 1, tag: 't', until: 0, streak: 1, ...pause } as PauseItem);
  const system = new TestSystem();
  const gate = () => {
    const one = new PauseGate(system, MINUTE);
    one.begin({ table: asTable(model), cyberdesk: new TestCyberdesk(), deadline: START + MINUTE });
    return one;
  };
  return { gate, system, item: () => model.get(PAUSE_KEY) as PauseItem };
}

it('a pause beyond the longest counts as over, and the first call that is answered removes it', async () => {
  const { gate, item } = paused({ until: YEAR_3000 });
  const one = gate();
  expect(await one.waiting()).toBeUndefined();
  expect(await one.enter()).toMatchObject({ kind: 'open' });
  await one.report({ kind: 'answered', by: 'write' });
  expect(item()).toMatchObject({ until: 0, streak: 0 });
});

it('a pause beyond the longest is not prolonged but replaced', async () => {
  const { gate, item } = paused({ until: YEAR_3000 });
  await gate().report({ kind: 'throttled', by: 'write', retryAfterMs: 90 * SECOND });
  expect(item().until).toBe(START + 90 * SECOND);
});

it('the longest pause holds, also by a clock that is a little ahead', async () => {
  expect(
    await paused({ until: START + 15 * MINUTE + 5 * SECOND })
      .gate()
      .waiting(),
  ).toBeDefined();
  expect(
    await paused({ until: START + 15 * MINUTE + 6 * SECOND })
      .gate()
      .waiting(),
  ).toBeUndefined();
});

it('a probe beyond the longest keeps no other worker waiting', async () => {
  const probe = { token: 'other', until: YEAR_3000 };
  expect(
    await paused({ until: START - 1, probe })
      .gate()
      .enter(),
  ).toMatchObject({ kind: 'open' });
});
