import { expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../../lambda/core/model/time.ts';
import { listWindow } from '../../../../lambda/core/plan/kinds/look-up-window.ts';
import { answered } from '../../support/cyberdesk.ts';
import { BEGUN, candidate, foundRun, iso, lookUp, lookUpPorts } from '../../support/look-up.ts';
import { START } from '../../support/system.ts';

/** The API's clock is this far ahead; it shows a run that was created at `createdAt` by that clock. */
function withClock(clockOffset: number, createdAt: number) {
  const ports = lookUpPorts([]);
  const runs = [foundRun('x', { created_at: iso(createdAt) })];
  ports.cyberdesk.answers.findRuns = () => answered({ runs, clockOffset });
  return ports;
}

it('a lookup follows a clock of the API that is minutes behind, and lists both windows', async () => {
  const ports = withClock(-5 * MINUTE, START - 5 * MINUTE);

  expect(await lookUp(ports)).toEqual(candidate('x'));
  expect(ports.cyberdesk.named('findRuns').map(({ args }) => args[0])).toEqual([
    { workflowId: 'next', createdFrom: START - MINUTE, createdTo: START + 105 * SECOND },
    { workflowId: 'next', createdFrom: START - 5 * MINUTE - 7 * SECOND, createdTo: START + 105 * SECOND },
  ]);
});

it('a lookup follows a clock of the API that is ten minutes off', async () => {
  for (const offset of [10 * MINUTE, -10 * MINUTE])
    expect(await lookUp(withClock(offset, START + offset))).toEqual(candidate('x'));
});

it('a lookup lists again if the clock of the API is off by a little more than the first window allows', async () => {
  // The first window has a margin of a minute; a clock that was read once is trusted to seven seconds.
  for (const [offset, lists] of [
    [53 * SECOND, 1],
    [53 * SECOND + 1, 2],
    [-53 * SECOND, 1],
    [-53 * SECOND - 1, 2],
  ] as const) {
    const ports = withClock(offset, START + offset);

    expect(await lookUp(ports)).toEqual(candidate('x'));
    expect(ports.cyberdesk.named('findRuns')).toHaveLength(lists);
  }
});

it('a list that is not known to be complete has had no effect itself', async () => {
  const ports = lookUpPorts([]);
  let lists = 0;
  ports.cyberdesk.answers.findRuns = () => {
    lists += 1;
    return answered({ runs: [], clockOffset: lists * 2 * MINUTE });
  };

  expect(await listWindow(ports.cyberdesk, 'next', BEGUN, { until: 0 })).toEqual({
    kind: 'failed',
    mayHaveTakenEffect: false,
    incomplete: true,
  });
});

it('a list by a clock that the API does not show has one window', async () => {
  const wide = { createdFrom: START - MINUTE, createdTo: START + 105 * SECOND };

  expect(await listWindow(lookUpPorts([]).cyberdesk, 'next', BEGUN, { until: 0 })).toEqual({
    kind: 'listed',
    runs: [],
    wide,
    narrow: wide,
  });
});
