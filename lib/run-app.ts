import { writeSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { addStages } from './add-stages.ts';
import { addNag } from './compliance/nag.ts';
import { BundleError } from './functions/bundle-error.ts';
import { ServiceFunction } from './functions/service-function.ts';
import { SettingsError } from './settings/settings-error.ts';
import type { StageSettings } from './settings/stage-settings.ts';

/**
 * The whole app, started by `cdk.json`. A setting that cannot be used, or rules that cannot be loaded, end it with one
 * line and no stack trace.
 */
export async function runApp(stages: Record<string, StageSettings>): Promise<void> {
  try {
    const app = new App();
    addStages(app, stages);
    // Only with `-c nag=true`. Context values from the command line are strings, including "false".
    const nag: unknown = app.node.tryGetContext('nag');
    if (nag && nag !== 'false') await addNag(app);
    for (const node of app.node.findAll()) if (node instanceof ServiceFunction) node.checkLoading();
  } catch (error) {
    if (!(error instanceof SettingsError || error instanceof BundleError)) throw error;
    writeSync(process.stderr.fd, `${error.message}\n`);
    // At once: CDK would go on to synthesize what there is.
    process.exit(1);
  }
}
