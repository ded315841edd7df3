import { MINUTE } from '../../../lambda/core/model/time.ts';
import { ofType, type Resource, type Template } from '../../lib/support/synth.ts';
import { CompositeAlarm } from './composite-alarm.ts';
import type { Measurements } from './measurements.ts';
import { MetricAlarm } from './metric-alarm.ts';

/** An alarm that rang. */
export interface Ring {
  readonly alarm: string;
  /** Whom it notified. Undefined if others read it, or if it was muted. */
  readonly notified: 'page' | 'ticket' | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Every alarm of a template, evaluated each minute from `start` to `end` over what was measured. */
export function watch(
  template: Template,
  measurements: Measurements,
  { start, end, fills }: { start: number; end: number; fills: boolean },
): Ring[] {
  const metricAlarms = new Map(
    ofType(template, 'AWS::CloudWatch::Alarm').map(([id, alarm]) => [
      id,
      new MetricAlarm(alarm, measurements, fills),
    ]),
  );
  const composites = new Map<string, CompositeAlarm>();
  const stateOf = (id: string) => (metricAlarms.get(id) ?? composites.get(id))?.state ?? 'OK';
  for (const [id, alarm] of ofType(template, 'AWS::CloudWatch::CompositeAlarm'))
    composites.set(id, new CompositeAlarm(alarm, stateOf));
  const rings: Ring[] = [];
  const ring = (id: string, at: number, acts: boolean) =>
    rings.push({ ...describe(template.Resources[id], acts), at });
  for (let now = start; now <= end; now += MINUTE) {
    for (const [id, alarm] of metricAlarms) {
      const before = alarm.state;
      alarm.evaluate(now);
      if (before === 'OK' && alarm.state === 'ALARM') ring(id, now, true);
    }
    // Those that mute others come first, because these depend on them.
    for (const [id, alarm] of composites) {
      const before = alarm.state;
      const acts = alarm.evaluate(now);
      if (acts || (before === 'OK' && alarm.state === 'ALARM')) ring(id, now, acts);
    }
  }
  return rings;
}

function describe(alarm: Resource | undefined, acts: boolean): Omit<Ring, 'at'> {
  const { AlarmName, AlarmActions: [action] = [] } = alarm?.Properties ?? {};
  const notified = action && (action.Ref.includes('TopicsTickets') ? 'ticket' : 'page');
  return { alarm: AlarmName.split('/')[1], notified: acts ? notified : undefined };
}
