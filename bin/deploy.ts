import { spawnSync } from 'node:child_process';
import { checkStages, stackName } from '../lib/add-stages.ts';
import { inOwnCode } from '../lib/own-code.ts';
import { orEndInOneLine } from '../lib/run-app.ts';
import { processIo } from '../ops/cli/io.ts';
import { toOperatorError } from '../ops/stage/explain.ts';
import { useNetworkOf } from '../ops/stage/network.ts';
import { readOptions } from './before-deploy/cdk-options.ts';
import { lookFirst } from './before-deploy/look-first.ts';
import { placeOf } from './before-deploy/place.ts';

// `npm run deploy -- <stage> [options of cdk deploy]`. There is no default stage.
const [stage = '', ...options] = process.argv.slice(2);
const stages = await orEndInOneLine(async () => {
  const own = await inOwnCode('stages.ts', () => import('../stages.ts'));
  checkStages(own.stages);
  return own.stages;
});
const settings = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
if (settings === undefined) {
  const known = Object.keys(stages).join(', ');
  fail(
    stage === '' || stage.startsWith('-')
      ? `missing stage: use npm run deploy -- <stage>; stages.ts contains ${known}`
      : `unknown stage "${stage}"; stages.ts contains ${known}`,
  );
}
try {
  const read = readOptions(options);
  // Help deploys nothing.
  if (!read.isInfo)
    await lookFirst(
      async () => {
        useNetworkOf(process.env);
        return placeOf({ stage, settings, options: read });
      },
      { io: processIo(), isYes: read.isYes },
    );
} catch (error) {
  fail(toOperatorError(error).message);
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
