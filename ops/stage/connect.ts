import { connectDeployed, type DeployedSettings, findDeployed } from './deployed.ts';
import { connectLocal } from './local.ts';
import type { FoundStage, Stage } from './stage.ts';

/** Connects to `local` (the run of `npm start`), or to the deployed stack of a stage. */
export const connect = (settings: DeployedSettings): Promise<Stage> =>
  settings.stage === 'local' ? connectLocal() : connectDeployed(settings);

/** Finds the same stage, whatever the state of its stack. */
export const find = (settings: DeployedSettings): Promise<FoundStage> =>
  settings.stage === 'local' ? connectLocal() : findDeployed(settings);
