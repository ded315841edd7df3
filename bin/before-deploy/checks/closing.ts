import type { StageSettings } from '../../../lib/settings/stage-settings.ts';
import { type Finding, problem } from '../../../ops/doctor/check.ts';
import { isObject } from '../../../ops/json.ts';
import {
  closedTooEarly,
  isClosing,
  lastAccepted,
  type Ways,
  waysOf,
} from '../../../ops/logs/last-accepted.ts';
import { connectDeployed, readTemplate, type Template } from '../../../ops/stage/deployed.ts';
import { toOperatorError } from '../../../ops/stage/explain.ts';
import type { Place } from '../place.ts';

/** Whether webhooks still come a way that this deployment closes. If that cannot be seen, it is not closed: what was refused cannot be made good later. */
export async function checkClosing(place: Place): Promise<Finding[]> {
  const { settings, target, clients } = place;
  const after = waysOf(settings);
  try {
    const before = deployedWays(await readTemplate(place));
    if (!isClosing(before, after)) return [];
    const stage = await connectDeployed(target, clients);
    const why = closedTooEarly({ before, after }, await lastAccepted(stage));
    return why === undefined ? [] : [problem('endpoint', why.text, why.next)];
  } catch (error) {
    if (!mayClose(settings)) throw error;
    const { problem: text } = toOperatorError(error);
    return [
      problem(
        'endpoint',
        `by which host webhooks come could not be read: ${text}`,
        'allow cloudformation:GetTemplate, and logs:FilterLogEvents for the log group of the verifier, or look there yourself and pass --yes',
      ),
    ];
  }
}

/** Whether settings may close a way that is open now. */
const mayClose = ({ closeDefaultEndpoint, originHeader, domain }: StageSettings): boolean =>
  closeDefaultEndpoint === true || originHeader === 'required' || domain !== undefined;

/** The ways that are open as it is deployed. */
function deployedWays({ Resources = {}, Outputs = {} }: Template): Ways {
  const all = Object.values(Resources).map(({ Properties = {} }) => Properties);
  const { Value: url } = Outputs.DomainUrl ?? {};
  const variables = all.map(({ Environment: environment }) => isObject(environment) && environment.Variables);
  return {
    gateway: !all.some(({ DisableExecuteApiEndpoint: closed }) => closed === true),
    domain: typeof url === 'string' ? URL.parse(url)?.hostname : undefined,
    // A record of the customer's own, such as one for CloudFront, points elsewhere.
    hasRecord: all.some(({ AliasTarget }) =>
      JSON.stringify(AliasTarget ?? '').includes('"RegionalDomainName"'),
    ),
    isRequired: variables.some((values) => isObject(values) && values.ORIGIN_HEADER === 'required'),
  };
}
