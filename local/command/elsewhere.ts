import { processorEnvironment } from '../../lambda/environment/processor.ts';
import type { StackModel } from '../template/model.ts';

/**
 * What the rules use in a region that is not the run's. Synthesis refuses it for a stage that names its region, so this one names
 * none, and works if it is deployed there.
 */
export const elsewhere = ({
  functions,
  region,
}: Pick<StackModel, 'region'> & {
  readonly functions: readonly Pick<StackModel['functions'][number], 'environment'>[];
}): string[] =>
  functions.flatMap(({ environment }) =>
    [
      ...Object.entries(processorEnvironment.destinations.read(environment)).map(
        ([name, arn]) => [`destinations.${name}`, arn] as const,
      ),
      ...processorEnvironment.sensitiveSecretArns
        .read(environment)
        .map((arn, index) => [`sensitiveSecretArns.${index}`, arn] as const),
    ].flatMap(([setting, arn]) => {
      const home = arn.split(':')[3];
      if (home === undefined || home === region) return [];
      const next = `deploy it to ${home}; with its account and region in the settings, another place is refused`;
      return [`stages.ts: ${setting} is in ${home}, and the stage names no region: ${next}`];
    }),
  );
