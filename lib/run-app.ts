import { App } from 'aws-cdk-lib';
import { addStages } from './add-stages.ts';
import { addNag } from './compliance/nag.ts';
import { SettingsError } from './settings/settings-error.ts';
import type { StageSettings } from './settings/stage-settings.ts';

/** The whole app, started by `cdk.json`. A setting that cannot be used ends it with one line and no stack trace. */
export async function runApp(stages: Record<string, StageSettings>): Promise<void> {
  try {
    const app = new App();
    addStages(app, stages);
    // Only with `-c nag=true`. Context values from the command line are strings, including "false".
    const nag: unknown = app.node.tryGetContext('nag');
    if (nag && nag !== 'false') await addNag(app);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
