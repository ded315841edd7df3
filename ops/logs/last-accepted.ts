import { DAY, HOUR } from '../../lambda/core/model/index.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import type { Stage } from '../stage/stage.ts';
import { logsOf } from './read-logs.ts';

/** The way that the last accepted webhook took, as far as the verifier's log says. */
export interface LastAccepted {
  /** ISO 8601. */
  at: string;
  /** Host that it was sent to; not in the logs of earlier releases. */
  host: string | undefined;
  /** Whether it came through CloudFront, by its origin header. */
  isThrough: boolean;
}

/** Most stages accept something within the first; the last is what most keep of their logs. */
const WINDOWS = [HOUR, DAY, 14 * DAY, 90 * DAY];

/**
 * Reads the last webhook that was accepted; undefined if there is none in 90 days. Tests of ours count as well: they take
 * the same way.
 */
export async function lastAccepted(stage: Stage, now = Date.now()): Promise<LastAccepted | undefined> {
  for (const window of WINDOWS) {
    const read = await logsOf(stage, { id: 'webhook accepted', function: 'verifier', since: now - window });
    const last = (await read()).at(-1);
    if (last === undefined || typeof last.line === 'string') continue;
    const { host, via } = last.line;
    return { at: last.at, host: typeof host === 'string' ? host : undefined, isThrough: via === 'through' };
  }
  return undefined;
}

/** Why these settings would refuse deliveries, in one line; undefined if the last one took a way that they leave open. */
export function closedTooEarly(
  { domain, closeDefaultEndpoint = false, originHeader }: StageSettings,
  last: LastAccepted | undefined,
): string | undefined {
  if (!closeDefaultEndpoint || last === undefined) return undefined;
  const host = domain?.domainName;
  const when = `the last accepted webhook (${last.at})`;
  if (last.host !== host)
    return `${when} came by ${last.host ?? 'a host that is not on record'}, which closeDefaultEndpoint would refuse: enter the URL of ${host} at Cyberdesk, and wait for a delivery`;
  if (originHeader === 'required' && !last.isThrough)
    return `${when} came around CloudFront, which originHeader would refuse: point the record of ${host} to CloudFront, and wait for a delivery`;
  return undefined;
}
