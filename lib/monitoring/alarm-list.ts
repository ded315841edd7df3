import type { Installation } from '../installation.ts';
import type { Settings } from '../settings/defaults.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { arrivalAlarms } from './arrival-alarms.ts';
import { burnAlarms } from './burn-alarms.ts';
import { processingAlarms } from './processing-alarms.ts';

/** Every alarm of an installation that reads metrics, in the order in which an event travels. */
export function alarmList(installation: Installation, settings: Settings): AlarmDefinition[] {
  const all = [
    ...arrivalAlarms(installation, settings),
    ...burnAlarms(installation),
    ...processingAlarms(installation, settings),
  ];
  if (settings.monitoring === 'full') return all;
  return all.filter(({ isFullOnly = false }) => !isFullOnly).map((alarm) => ({ ...alarm, ...alarm.basic }));
}
