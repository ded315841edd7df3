import { arnsOf } from '../../../lib/settings/stage-arns.ts';
import { type Finding, problem } from '../../../ops/doctor/check.ts';
import type { Place } from '../place.ts';

/**
 * Whether what the settings name by ARN is where the stage is deployed. Synthesis checks it for a stage that names its region;
 * of another one, only a deployment knows it.
 */
export const checkRegion = async ({ settings, region }: Place): Promise<Finding[]> =>
  arnsOf(settings).flatMap(([setting, arn]) => {
    const [, , , home = region] = arn.split(':');
    if (home === region) return [];
    const text = `${setting} is in ${home}, and the stage is deployed to ${region}`;
    return [problem('region', text, `deploy to ${home}, or name what is in ${region}`)];
  });
