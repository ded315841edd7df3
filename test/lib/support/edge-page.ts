import type { Extend } from '../../../lib/extend.ts';
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

/** The way of the processor's calls through a proxy, as `docs/edge.md` shows it for `infrastructure.ts`. */
export const extend: Extend = ({ receiver }) => {
  receiver.processor.function.addEnvironment('NODE_USE_ENV_PROXY', '1');
  receiver.processor.function.addEnvironment('HTTPS_PROXY', 'http://proxy.example.com:3128');
};
