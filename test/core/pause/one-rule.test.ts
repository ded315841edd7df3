import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import type { CallReport } from '../../../lambda/core/pause/call-report.ts';
import { callFailure } from '../support/cyberdesk.ts';
import { NOTHING, PAUSED, READ, started, TestGates, unwritten } from '../support/gates.ts';

let gates: TestGates;

beforeEach(() => {
  gates = new TestGates();
});

describe('events that fail under one rule', () => {
  it('events that fail under one rule are no outage while a start of another rule has been answered and reads are', async () => {
    const gate = gates.create();
    await gate.report(started('fine'));
    for (const id of ['a', 'b', 'c', 'd', 'e'])
      expect(await gate.report(unwritten(id, 'broken'))).toEqual(NOTHING);
    expect(gates.model.pause()).toBeUndefined();
  });

  it('events that fail under one rule close the gate if a read fails as well', async () => {
    gates.cyberdesk.answers.ping = () => callFailure({ status: 503 });
    const gate = gates.create();
    await gate.report(started('fine'));
    for (const id of ['a', 'b']) expect(await gate.report(unwritten(id, 'broken'))).toEqual(NOTHING);
    expect(await gate.report(unwritten('c', 'broken'))).toEqual(PAUSED);
  });

  it.each([
    ['no start of another rule was answered', () => [started('broken')], ['broken', 'broken', 'broken']],
    ['those of another rule fail as well', () => [started('fine')], ['broken', 'broken', 'fine']],
    ['the end of runs cannot be asked about', () => [started('fine')], ['broken', 'broken', undefined]],
  ])('events that fail close the gate when %s', async (_, before, rules) => {
    const gate = gates.create();
    for (const report of before()) await gate.report(report);
    const reports = rules.map((rule, n) => unwritten(`event-${n}`, rule));
    for (const report of reports.slice(0, 2)) expect(await gate.report(report)).toEqual(NOTHING);
    expect(await gate.report(reports[2] as CallReport)).toEqual(PAUSED);
  });

  it('events that cannot be identified are an outage, whatever was answered', async () => {
    const gate = gates.create();
    await gate.report(started('fine'));
    for (const id of ['a', 'b']) expect(await gate.report(unwritten(id))).toEqual(NOTHING);
    expect(await gate.report(unwritten('c'))).toEqual(PAUSED);
  });

  it('a start of another rule says nothing any more after a pause', async () => {
    const gate = gates.create();
    await gate.report(started('fine'));
    await gate.report(unwritten('a', 'fine'));
    for (const id of ['b', 'c']) await gate.report(unwritten(id, 'broken'));
    expect(gates.model.pause()).toMatchObject({ streak: 1 });

    gates.system.time += 30 * SECOND;
    await gate.report(READ);
    await gate.report(unwritten('e', 'broken'));
    expect(await gate.report(unwritten('f', 'broken'))).toEqual(PAUSED);
  });

  it('a start of another rule says nothing any more half an hour later', async () => {
    const gate = gates.create();
    await gate.report(started('fine'));
    gates.system.time += 30 * MINUTE;
    for (const id of ['a', 'b']) await gate.report(unwritten(id, 'broken'));
    expect(await gate.report(unwritten('c', 'broken'))).toEqual(PAUSED);
  });
});
