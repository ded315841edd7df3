import type { StageSettings } from '../../../lib/settings/stage-settings.ts';

/** The settings that `docs/edge.md` shows. */
export const stages: Readonly<Record<string, StageSettings>> = {
  prod: {
    vpc: {
      subnetIds: ['subnet-0a1b2c3d', 'subnet-1b2c3d4e'],
      securityGroupIds: ['sg-0a1b2c3d'],
    },
  },
};
