import { expect, it } from 'vitest';
import type { LookUpPorts } from '../../../../lambda/core/plan/kinds/index.ts';
import { candidate, foundRun, lookUp, lookUpPorts, startAction } from '../../support/look-up.ts';
import { TestSystem } from '../../support/system.ts';

const MANY = 3000;
const others = Array.from({ length: MANY }, (_, i) =>
  foundRun(`other-${i}`, { input_values: { a: 9, b: i } }),
);

/** Counts the reads of the table; each of them takes this many milliseconds. */
function counted(takes: number) {
  const { table, cyberdesk } = lookUpPorts([...others, foundRun('x')]);
  const system = new TestSystem();
  const reads = { all: 0, atOnce: 0, most: 0 };
  const get: LookUpPorts['table']['get'] = async (key) => {
    reads.all += 1;
    reads.atOnce += 1;
    reads.most = Math.max(reads.most, reads.atOnce);
    system.time += takes;
    await Promise.resolve();
    reads.atOnce -= 1;
    return table.get(key);
  };
  return { reads, ports: { table: { ...table, get }, cyberdesk, system } };
}

it('the lineages of a long list are read a few at a time', async () => {
  const { reads, ports } = counted(0);

  expect(await lookUp(ports)).toEqual(candidate('x'));
  expect(reads.all).toBe(MANY + 1);
  expect(reads.most).toBeLessThan(100);
});

it('a list that takes longer than the limit says nothing, and its lookup ends in time', async () => {
  const { reads, ports } = counted(10);
  const until = ports.system.time + 10 * (MANY / 2);

  expect(await lookUp(ports, startAction, undefined, { until })).toMatchObject({
    kind: 'unanswered',
    failure: { incomplete: true },
  });
  expect(reads.all).toBeLessThan(MANY / 2 + 100);
});
