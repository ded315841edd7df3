import { connectDeployed, type DeployedSettings } from './deployed.ts';
import { connectLocal } from './local.ts';
import type { Stage } from './stage.ts';

/** Connects to `local` (the run of `npm start`), or to the deployed stack of a stage. */
export const connect = (settings: DeployedSettings): Promise<Stage> =>
  settings.stage === 'local' ? connectLocal() : connectDeployed(settings);
