import { type Finding, problem } from '../../../ops/doctor/check.ts';
import { closedTooEarly, lastAccepted } from '../../../ops/logs/last-accepted.ts';
import { connectDeployed } from '../../../ops/stage/deployed.ts';
import type { Place } from '../place.ts';

/** Whether webhooks still come a way that these settings close. */
export async function checkClosing({ settings, target, clients }: Place): Promise<Finding[]> {
  if (!settings.closeDefaultEndpoint) return [];
  const last = await lastAccepted(await connectDeployed(target, clients));
  const why = closedTooEarly(settings, last);
  return why === undefined
    ? []
    : [problem('endpoint', why, 'deploy without closeDefaultEndpoint until then')];
}
