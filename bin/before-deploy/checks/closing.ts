import type { StageSettings } from '../../../lib/settings/stage-settings.ts';
import { type Finding, problem } from '../../../ops/doctor/check.ts';
import { isObject } from '../../../ops/json.ts';
import { closedTooEarly, lastAccepted } from '../../../ops/logs/last-accepted.ts';
import { connectDeployed, readTemplate, type Template } from '../../../ops/stage/deployed.ts';
import { toOperatorError } from '../../../ops/stage/explain.ts';
import type { Place } from '../place.ts';

/** Whether webhooks still come a way that this deployment closes. If that cannot be seen, it is not closed: what was refused cannot be made good later. */
export async function checkClosing({ settings, target, clients }: Place): Promise<Finding[]> {
  if (!settings.closeDefaultEndpoint) return [];
  const stage = await connectDeployed(target, clients);
  if (isClosed(await readTemplate(stage), settings)) return [];
  try {
    const why = closedTooEarly(settings, await lastAccepted(stage));
    return why === undefined
      ? []
      : [problem('endpoint', why, 'deploy without closeDefaultEndpoint until then')];
  } catch (error) {
    const { problem: text } = toOperatorError(error);
    return [
      problem(
        'endpoint',
        `by which host webhooks come could not be read: ${text}`,
        'allow logs:FilterLogEvents for the log group of the verifier, or look there yourself and pass --yes',
      ),
    ];
  }
}

/** Whether what is deployed has closed it already. */
function isClosed({ Resources = {} }: Template, { originHeader }: StageSettings): boolean {
  const all = Object.values(Resources).map(({ Properties = {} }) => Properties);
  const isRequired = all.some(
    ({ Environment: environment }) =>
      isObject(environment) &&
      isObject(environment.Variables) &&
      environment.Variables.ORIGIN_HEADER === 'required',
  );
  return (
    all.some(({ DisableExecuteApiEndpoint: closed }) => closed === true) &&
    (isRequired || originHeader !== 'required')
  );
}
