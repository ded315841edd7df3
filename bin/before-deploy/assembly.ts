import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackName } from '../../lib/add-stages.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { OperatorError } from '../../ops/errors.ts';
import { isObject, parseObject } from '../../ops/json.ts';
import type { CdkOptions } from './cdk-options.ts';
import { givenRegion, methodOf, otherApp } from './cdk-settings.ts';
import { NotDeployableError } from './errors.ts';

interface Deployment {
  readonly stage: string;
  readonly settings: StageSettings;
  readonly options: CdkOptions;
}

/**
 * Whether cdk deploys what `stages.ts` says, to where it says.
 *
 * @throws NotDeployableError if it surely does not
 * @throws OperatorError if that cannot be known, so that there is nothing to look at
 */
export function checkApp({ stage, settings, options }: Deployment): void {
  const region = givenRegion(options);
  if (settings.region !== undefined && options.region !== undefined && region !== settings.region)
    throw new NotDeployableError(
      `stage "${stage}" is deployed to ${settings.region}, as stages.ts says, and not to ${region}`,
      { next: 'leave --region out, or change stages.ts' },
    );
  if (methodOf(options) === 'execute-change-set')
    throw new OperatorError('a change set that was prepared before is executed, whatever stages.ts says now');
  const app = otherApp(options);
  if (app !== undefined) checkAssembly(app, stackName(stage, settings), settings);
}

/** An app that was synthesized before may be of other settings; what another command synthesizes is not known. */
function checkAssembly(app: string, name: string, { account, region }: StageSettings): void {
  const manifest = join(app, 'manifest.json');
  if (!existsSync(manifest))
    throw new OperatorError(`another app is deployed than that of cdk.json (${app})`);
  const artifacts = parseObject(readFileSync(manifest, 'utf8'))?.artifacts;
  const stack = isObject(artifacts) ? artifacts[name] : undefined;
  const synthesized = isObject(stack) ? stack.environment : undefined;
  const expected = `aws://${account ?? 'unknown-account'}/${region ?? 'unknown-region'}`;
  if (typeof synthesized !== 'string' || synthesized === expected) return;
  throw new NotDeployableError(`${app} has ${name} for ${synthesized}, and stages.ts for ${expected}`, {
    next: 'synthesize it again, or leave --app out',
  });
}
