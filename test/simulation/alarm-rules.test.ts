import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../lambda/core/model/time.ts';
import { one, synth } from '../lib/support/synth.ts';
import { CompositeAlarm } from './alarms/composite-alarm.ts';
import { parse } from './alarms/expression.ts';
import { Measurements } from './alarms/measurements.ts';
import type { State } from './alarms/metric-alarm.ts';
import { watch } from './alarms/watch.ts';

const template = synth();
/** Ids of the alarms that rang within three hours of these measurements: metric, value, minute. */
function rang(...measured: [metric: string, value: number, minute: number][]): string[] {
  const measurements = new Measurements();
  for (const [metric, value, minute] of measured) measurements.add(metric, value, minute * MINUTE);
  const rings = watch(template, measurements, { start: MINUTE, end: 3 * HOUR, fills: true });
  return rings.map(({ alarm, notified }) => (notified ? `${notified} ${alarm}` : alarm));
}

describe('the service level', () => {
  it('a burst of events that is still worked on shows in the long window, and notifies no one', () => {
    expect(rang(['EventAccepted', 300, 10], ['EventOnTime', 300, 14])).toEqual([
      'FastBurnLong',
      'SlowBurnLong',
    ]);
  });

  it('events that are overdue for a moment only notify no one', () => {
    const rings = rang(['EventAccepted', 9_999, 10], ['EventOnTime', 9_990, 10], ['EventOverdue', 9, 20]);

    expect(rings.filter((ring) => ring.includes(' '))).toEqual([]);
  });

  it('four late events notify no one on a quiet stage, and five do', () => {
    const late = (count: number) =>
      rang(['EventAccepted', count, 10], ['EventOverdue', count, 20]).filter((ring) =>
        ring.startsWith('page'),
      );

    expect(late(4)).toEqual([]);
    expect(late(5)).toEqual(['page EventsLate']);
  });

  it('events that a pause has delayed do not use up the allowance', () => {
    expect(rang(['EventAccepted', 50, 10], ['EventDelayed', 50, 10], ['EventOverdue', 1, 20])).toEqual([
      'FastBurnShort',
      'SlowBurnShort',
    ]);
  });

  it('a share of the events that is small but lasts is a ticket', () => {
    const accepted: [string, number, number][] = Array.from({ length: 170 }, (_, minute) => [
      'EventAccepted',
      10,
      minute,
    ]);
    const late: [string, number, number][] = [15, 30, 45, 60, 75, 90].map((minute) => [
      'EventOverdue',
      8,
      minute,
    ]);
    const onTime: [string, number, number][] = accepted.map(([, , minute]) => [
      'EventOnTime',
      minute % 20 === 0 ? 9 : 10,
      minute,
    ]);

    expect(rang(...accepted, ...late, ...onTime).filter((ring) => ring.includes(' '))).toEqual([
      'ticket SlowBurn',
    ]);
  });
});

describe('the model of CloudWatch', () => {
  const stateOf: Record<string, State> = {};
  const alarm = () =>
    new CompositeAlarm(
      {
        Type: 'AWS::CloudWatch::CompositeAlarm',
        Properties: {
          AlarmRule: { 'Fn::Join': ['', ['ALARM("', { 'Fn::GetAtt': ['Effect'] }, '")']] },
          ActionsSuppressor: { 'Fn::GetAtt': ['Cause'] },
          ActionsSuppressorWaitPeriod: 300,
          ActionsSuppressorExtensionPeriod: 600,
        },
      },
      (id) => stateOf[id] ?? 'OK',
    );
  /** Minutes in which it acts, if effect and cause are in ALARM in these minutes. */
  function acts(effect: [number, number], cause: [number, number]): number[] {
    const composite = alarm();
    return Array.from({ length: 60 }, (_, minute) => minute).filter((minute) => {
      stateOf.Effect = minute >= effect[0] && minute < effect[1] ? 'ALARM' : 'OK';
      stateOf.Cause = minute >= cause[0] && minute < cause[1] ? 'ALARM' : 'OK';
      return composite.evaluate(minute * MINUTE);
    });
  }

  it.each<[string, [number, number], [number, number], number[]]>([
    ['acts once the wait for a cause is over', [10, 50], [99, 99], [15]],
    ['does not act if the effect is over by then', [10, 14], [99, 99], []],
    ['does not act while a cause that comes within the wait lasts', [10, 50], [14, 55], []],
    ['acts some time after the cause is over if the effect lasts', [10, 50], [14, 20], [30]],
    ['does not act if the effect ends soon after the cause', [10, 29], [14, 20], []],
    ['acts although a cause comes after the wait', [10, 50], [16, 40], [15]],
  ])('a composite alarm %s', (_, effect, cause, expected) => {
    expect(acts(effect, cause)).toEqual(expected);
  });

  it.each([
    ['SUM([a, FILL(b, 0)])', 3],
    ['a + b', undefined],
    ['IF(a >= 3 AND (a > 4 OR a == 3), a / 0.001 - 1 * 2, 0)', 2998],
    ['a / 0', undefined],
    ['SUM([a * 0, FILL(b, 7)])', 0],
  ])('metric math of %s gives %s where b has no data', (text, expected) => {
    const read = (id: string) => (id === 'a' ? 3 : undefined);

    expect(parse(text)({ read, fills: () => false })).toBe(expected);
    expect(parse('FILL(b, 7)')({ read, fills: () => true })).toBe(7);
  });

  it('every expression and rule of the template is understood', () => {
    expect(rang()).toEqual([]);
    expect(one(template, 'AWS::CloudWatch::CompositeAlarm', 'AlarmsEventsLate').Properties).toBeDefined();
  });
});
