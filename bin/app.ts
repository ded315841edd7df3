import { App } from 'aws-cdk-lib';
import { addStages } from '../lib/add-stages.ts';
import { addNag } from '../lib/compliance/nag.ts';
import { SettingsError } from '../lib/settings/settings-error.ts';
import { stages } from './stages.ts';

try {
  const app = new App();
  addStages(app, stages);
  // On request (`-c nag=true`).
  if (app.node.tryGetContext('nag')) await addNag(app);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
