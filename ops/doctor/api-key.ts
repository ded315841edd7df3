import { isDeniedByApi } from '../../lambda/cyberdesk/answer-class.ts';
import { commandLine } from '../stage/command-line.ts';
import { certificateFault } from '../stage/faults.ts';
import { checkAddress, cyberdeskOf, isElsewhere } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, problem, warning } from './check.ts';

/** Whether Cyberdesk accepts the API key. */
export async function checkApiKey(stage: Stage): Promise<Finding> {
  const url = stage.outputs.cyberdeskApiUrl;
  const client = await cyberdeskOf(stage);
  const next = `create a key in Cyberdesk's dashboard, then: ${commandLine(stage.target, ['api-key', 'set'])}`;
  if (!client) return problem('api-key', 'the API key is not set: no follow-up can start', next);
  const { error } = await client.runs.list({ limit: 1 });
  if (!error) return ok('api-key', `accepted by ${url}`);
  if (isDeniedByApi(error)) return problem('api-key', `${url} rejects the API key (${error.status})`, next);
  if (error.status === 401 || error.status === 403) {
    const text = `${url} answered ${error.status} with a page that is not its API's, so the API key could not be checked`;
    return warning('api-key', text, nextAfter(error.status));
  }
  if (isElsewhere(error)) return problem('api-key', `${error.message} (${url})`, checkAddress(stage));
  const untrusted = certificateFault(error);
  if (untrusted) return problem('api-key', `${url}: ${untrusted.problem}`, untrusted.next);
  return warning('api-key', `${error.message} (${url})`, nextAfter(error.status));
}

/** An answer shows that the network is not the cause. */
function nextAfter(status: number | undefined): string {
  const goesOn = 'waiting follow-ups continue by themselves';
  if (status === 429) return `nothing to do unless it lasts: the API throttles this account; ${goesOn}`;
  if (status !== undefined && status >= 500)
    return `nothing to do unless it lasts: Cyberdesk has an outage (see its status page); ${goesOn}`;
  return status === undefined
    ? `check the network between here and Cyberdesk, and its status page; ${goesOn}`
    : `check what stands between here and Cyberdesk (a proxy or a firewall); ${goesOn}`;
}
