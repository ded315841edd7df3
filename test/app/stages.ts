import type { StageSettings } from '../../lib/settings/stage-settings.ts';

/** The stages that are shipped. What stands in `stages.ts` at the root is the customer's, so no test uses it. */
export const stages: Record<'dev' | 'prod', StageSettings> = {
  dev: { protectData: false },
  prod: { protectData: true },
};
