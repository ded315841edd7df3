import type { StageSettings } from './lib/settings/stage-settings.ts';

/**
 * The stages of this installation: one stack each, with its own URL, secrets, table, queues, topics and alarms.
 * Every setting is documented at {@link StageSettings}.
 */
export const stages: Record<string, StageSettings> = {
  dev: {
    protectData: false,
  },
  prod: {
    protectData: true,
  },
};
