import { spawnSync } from 'node:child_process';
import { checkStages, stackName } from '../lib/add-stages.ts';
import { SettingsError } from '../lib/settings/settings-error.ts';
import { stages } from '../stages.ts';

// `npm run deploy -- <stage> [options of cdk deploy]`. There is no default stage.
const [stage = '', ...options] = process.argv.slice(2);
try {
  checkStages(stages);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  fail(error.message);
}
const settings = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
if (settings === undefined) {
  const known = Object.keys(stages).join(', ');
  fail(
    stage === '' || stage.startsWith('-')
      ? `missing stage: use npm run deploy -- <stage>; stages.ts contains ${known}`
      : `unknown stage "${stage}"; stages.ts contains ${known}`,
  );
}
const { status, error } = spawnSync('cdk', ['deploy', stackName(stage, settings), ...options], {
  stdio: 'inherit',
  // On Windows, npm's commands are scripts.
  shell: process.platform === 'win32',
});
if (error) fail(`failed to start cdk (${error.message}); use npm run deploy -- ${stage}`);
process.exitCode = status ?? 1;

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
