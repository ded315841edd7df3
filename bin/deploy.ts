import { spawnSync } from 'node:child_process';
import { stackName } from '../lib/add-stages.ts';
import { stages } from './stages.ts';

// `npm run deploy -- <stage> [options of cdk deploy]`: the stage is named, never guessed.
const [stage = '', ...options] = process.argv.slice(2);
const settings = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
if (settings === undefined) {
  const known = Object.keys(stages).join(', ');
  console.error(
    stage === '' || stage.startsWith('-')
      ? `name a stage: npm run deploy -- <stage>; bin/stages.ts has ${known}`
      : `no stage "${stage}"; bin/stages.ts has ${known}`,
  );
  process.exit(1);
}
const { status } = spawnSync('cdk', ['deploy', stackName(stage, settings), ...options], {
  stdio: 'inherit',
  // On Windows npm's commands are scripts.
  shell: process.platform === 'win32',
});
process.exitCode = status ?? 1;
