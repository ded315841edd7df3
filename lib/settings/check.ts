import { Token } from 'aws-cdk-lib';
import * as v from 'valibot';
import { optionEntries } from './option-schema.ts';
import type { CyberdeskWebhooksOptions, DomainOptions } from './options.ts';
import { SettingsError } from './settings-error.ts';
import { stageEntries } from './stage-schema.ts';
import type { StageSettings } from './stage-settings.ts';

/**
 * Checks a stage's settings before anything is built.
 *
 * @throws SettingsError naming stage and setting
 */
export function checkStage(stage: string, settings: StageSettings): void {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(stage)) {
    throw new SettingsError(stage, 'name of the stage', 'must be lower-case letters, digits and hyphens');
  }
  check(stage, v.strictObject({ ...optionEntries, ...stageEntries }), settings);
  if ((settings.account === undefined) !== (settings.region === undefined)) {
    const [missing, given] = settings.account === undefined ? ['account', 'region'] : ['region', 'account'];
    throw new SettingsError(
      stage,
      missing as string,
      `is missing; set it together with ${given}, or neither`,
    );
  }
}

/**
 * Checks the construct's own options.
 *
 * @throws SettingsError naming stage and setting
 */
export function checkOptions(stage: string, options: CyberdeskWebhooksOptions, region?: string): void {
  check(stage, v.strictObject(optionEntries), options);
  const { eventDays = 90, completionDays = 180 } = options.retention ?? {};
  if (completionDays < eventDays) {
    throw new SettingsError(
      stage,
      'retention.completionDays',
      `must be no fewer than retention.eventDays (${eventDays}), not ${completionDays}`,
    );
  }
  checkZone(stage, options.domain);
  if (region !== undefined && !Token.isUnresolved(region)) checkRegions(stage, options, region);
}

/** What a stack can only use in its own region. */
function checkRegions(stage: string, options: CyberdeskWebhooksOptions, region: string): void {
  const { domain, sensitiveSecretArns = [], sensitiveSecretKeyArns = [] } = options;
  const arns: [string, string][] = [
    ...(domain ? [['domain.certificateArn', domain.certificateArn] as [string, string]] : []),
    ...named('sensitiveSecretArns', sensitiveSecretArns),
    ...named('sensitiveSecretKeyArns', sensitiveSecretKeyArns),
  ];
  for (const [setting, arn] of arns) {
    const [, , , itsRegion] = arn.split(':');
    if (Token.isUnresolved(arn) || itsRegion === region) continue;
    throw new SettingsError(stage, setting, `must be in ${region}, not ${itsRegion}`);
  }
}

const named = (setting: string, arns: readonly string[]): [string, string][] =>
  arns.map((arn, index) => [`${setting}.${index}`, arn]);

/** Route 53 takes no record outside its zone, and says so only while it deploys. */
function checkZone(stage: string, domain: DomainOptions | undefined): void {
  const { domainName = '', hostedZone: { zoneName = '' } = {} } = domain ?? {};
  if (zoneName === '' || Token.isUnresolved(domainName) || Token.isUnresolved(zoneName)) return;
  if (domainName === zoneName || domainName.endsWith(`.${zoneName}`)) return;
  throw new SettingsError(
    stage,
    'domain.hostedZone.zoneName',
    `the zone "${zoneName}" cannot hold "${domainName}", whose name must end with it`,
  );
}

function check(stage: string, schema: v.GenericSchema, settings: unknown): void {
  const result = v.safeParse(schema, settings);
  if (result.success) return;
  const [issue] = result.issues;
  const setting = v.getDotPath(issue) ?? 'settings';
  throw new SettingsError(stage, setting, problemOf(issue));
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'validation') return issue.message;
  if (issue.expected === 'never') return 'is not a setting; lib/settings/ lists them all';
  if (issue.received === 'undefined') return 'is missing';
  return `must be ${issue.expected?.toLowerCase() ?? 'something else'}, not ${issue.received}`;
}
