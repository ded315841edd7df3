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
 * Reads the last webhook that was accepted; undefined without one in 90 days. Tests of ours count as well: they take
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

/** The ways by which webhooks reach a stage. */
export interface Ways {
  /** Whether the gateway answers under its own host. */
  gateway: boolean;
  /** Host of the domain, if there is one. */
  domain: string | undefined;
  /** Whether the record of the domain belongs to the stack. */
  hasRecord: boolean;
  /** Whether only what comes through CloudFront is accepted. */
  isRequired: boolean;
}

/** Those that settings leave open. */
export const waysOf = ({ domain, closeDefaultEndpoint = false, originHeader }: StageSettings): Ways => ({
  gateway: !closeDefaultEndpoint,
  domain: domain?.domainName.toLowerCase(),
  hasRecord: domain?.hostedZone !== undefined,
  isRequired: originHeader === 'required',
});

const changesDomain = (before: Ways, after: Ways) =>
  before.domain !== undefined && before.domain !== after.domain;
const closesGateway = (before: Ways, after: Ways) => before.gateway && !after.gateway;
const dropsRecord = (before: Ways, after: Ways) => before.hasRecord && !after.hasRecord;
const closesAround = (before: Ways, after: Ways) => !before.isRequired && after.isRequired;

/** Whether a way is closed that is open. */
export const isClosing = (before: Ways, after: Ways): boolean =>
  [changesDomain, closesGateway, dropsRecord, closesAround].some((closes) => closes(before, after));

/** Why a deployment would refuse deliveries, and what to do first; undefined if the last one took a way that it leaves open. */
export function closedTooEarly(
  { before, after }: { before: Ways; after: Ways },
  last: LastAccepted | undefined,
): { text: string; next: string } | undefined {
  if (last === undefined) return undefined;
  const when = `the last accepted webhook (${last.at})`;
  const by = last.host?.toLowerCase();
  const came = `${when} came by ${by ?? 'a host that is not on record'}`;
  const cameByDomain = by === undefined || by === before.domain;
  if (changesDomain(before, after) && cameByDomain)
    return {
      text: `${came}, and ${before.domain} no longer answers once the domain is ${after.domain ?? 'dropped'}`,
      next: leaveDomain(before),
    };
  if (closesGateway(before, after) && by !== after.domain)
    return {
      text: `${came}, which closeDefaultEndpoint would refuse`,
      next: `deploy without closeDefaultEndpoint, enter the URL of ${after.domain} at Cyberdesk, and wait for a delivery`,
    };
  if (dropsRecord(before, after) && cameByDomain)
    return {
      text: `${came}, and without domain.hostedZone the record of ${before.domain} is deleted`,
      next: leaveDomain(before),
    };
  if (closesAround(before, after) && !last.isThrough)
    return {
      text: `${when} came around CloudFront, which originHeader would refuse`,
      next: `deploy with originHeader 'optional', point the record of ${after.domain} to CloudFront, and wait for a delivery`,
    };
  return undefined;
}

/** The gateway's own URL is the one that stays while a domain changes. */
function leaveDomain({ gateway, isRequired }: Ways): string {
  const settings = `closeDefaultEndpoint${isRequired ? " and originHeader 'required'" : ''}`;
  const open = gateway ? '' : `deploy with the domain as it was, without ${settings}; `;
  return `${open}enter the URL of the gateway at Cyberdesk (output WebhookUrl), and wait for a delivery`;
}
