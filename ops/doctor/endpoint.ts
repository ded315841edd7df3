import { post } from '../send/deliver.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, problem, warning } from './check.ts';

/** Knocks without a signature: a healthy verifier says 400, and nothing is stored. */
export async function checkEndpoint({ outputs, target }: Stage): Promise<Finding> {
  const { webhookUrl } = outputs;
  const { http_status, duration_ms } = await post(webhookUrl, '{}', {});
  const at = `${webhookUrl} answers`;
  if (http_status === 400) return ok('endpoint', `${at} (${duration_ms} ms), and refuses what is not signed`);
  if (http_status === 503) {
    return problem(
      'endpoint',
      `${at} 503: not ready`,
      `set the signing secret: ${commandLine(target, ['secret', 'set'])}; else see the verifier's logs`,
    );
  }
  if (http_status === 403) {
    return warning(
      'endpoint',
      `${at} 403: this address is outside sourceIpAllowList`,
      'repeat the command from an allowed address, or trust the deliveries in the Svix portal',
    );
  }
  if (http_status === 429)
    return warning('endpoint', `${at} 429: throttled`, 'repeat the command in a minute');
  return problem(
    'endpoint',
    `${at} ${http_status}, which no verifier says`,
    'deploy the stage again; with a domain of your own, check where it points',
  );
}
