import { post } from '../send/deliver.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, problem, warning } from './check.ts';

/** Calls the endpoint without a signature: a healthy verifier answers 400, and nothing is stored. */
export async function checkEndpoint({ outputs, target }: Stage): Promise<Finding> {
  const { webhookUrl } = outputs;
  const { http_status: status, duration_ms } = await post(webhookUrl, '{}', {});
  const at = `${webhookUrl} answers`;
  switch (status) {
    case 400:
      return ok('endpoint', `${at} (${duration_ms} ms), and rejects unsigned requests`);
    case 503:
      return problem(
        'endpoint',
        `${at} 503: not ready`,
        `set the signing secret: ${commandLine(target, ['secret', 'set'])}; if it is set, see the verifier's logs`,
      );
    case 403:
      return warning(
        'endpoint',
        `${at} 403: this address is not in sourceIpAllowList`,
        'repeat the command from an allowed address, or rely on the deliveries in the Svix portal',
      );
    case 429:
      return warning('endpoint', `${at} 429: throttled`, 'repeat the command in a minute');
    default:
      return problem(
        'endpoint',
        `${at} ${status}, which the verifier never returns`,
        'deploy the stage again; with a custom domain, check where it points',
      );
  }
}
