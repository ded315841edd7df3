import { Token } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as v from 'valibot';
import { remedy } from '../../lambda/rules/nearest.ts';
import { givenArnOf } from '../destinations/destination.ts';
import type { CyberdeskWebhooksProps } from '../props.ts';
import type { Settings } from './defaults.ts';
import { knownKeys } from './known-keys.ts';
import { partitionOf } from './partition.ts';
import { propsSchema } from './props-schema.ts';
import { SettingsError } from './settings-error.ts';
import { arnsOf, type NamedArn } from './stage-arns.ts';
import { stageSchema } from './stage-schema.ts';
import type { StageSettings } from './stage-settings.ts';

/**
 * Checks the settings of a stage before anything is built.
 *
 * @throws SettingsError naming stage and setting
 */
export function checkStage(stage: string, settings: StageSettings): void {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(stage)) {
    const problem = 'must start with a letter and have at most 31 lower-case letters, digits and hyphens';
    throw new SettingsError(stage, 'name of the stage', problem);
  }
  check(stage, stageSchema, settings);
  const { account, region } = settings;
  if ((account === undefined) !== (region === undefined)) {
    const missing = account === undefined ? 'account' : 'region';
    throw new SettingsError(stage, missing, 'is missing; set both account and region, or neither');
  }
  checkRegions(stage, region, arnsOf(settings));
}

/**
 * Checks the props of the construct, one by one.
 *
 * @throws SettingsError naming stage and prop
 */
export const checkProps = (props: CyberdeskWebhooksProps): void => check(props.stage, propsSchema, props);

/**
 * Checks what concerns several props at once, or a prop and the stack's region.
 *
 * @throws SettingsError naming stage and prop
 */
export function checkTogether(settings: Settings, region: string): void {
  const { stage, retention, domain, sensitiveSecrets, sensitiveSecretKeys, destinations } = settings;
  const { encryptionKey = 'create', previousEncryptionKeys } = settings;
  const [events, completions] = [retention.events.toDays(), retention.completions.toDays()];
  if (completions < events) {
    const problem = `completions must be kept at least as long as events, ${events} days (got ${completions})`;
    throw new SettingsError(stage, 'retention', problem);
  }
  if (retention.bodies.toDays() > events) {
    const problem = `bodies must be kept at most as long as events, ${events} days (got ${retention.bodies.toDays()})`;
    throw new SettingsError(stage, 'retention', problem);
  }
  checkEdge(settings);
  if (domain?.hostedZone) checkZone(stage, domain.domainName, domain.hostedZone.zoneName);
  const secretArns = sensitiveSecrets.map(({ secretFullArn }, index) => {
    const name = `sensitiveSecrets.${index}`;
    if (secretFullArn !== undefined) return [name, secretFullArn] as const;
    throw new SettingsError(stage, name, 'has no complete ARN; import it with Secret.fromSecretCompleteArn');
  });
  const current = arnOfKey(encryptionKey);
  const previous = previousEncryptionKeys.map(arnOfKey);
  if (settings.encryptionKey && previous.includes(current)) {
    const problem = 'contains the key of encryptionKey; name the keys before it only';
    throw new SettingsError(stage, 'previousEncryptionKeys', problem);
  }
  checkRegions(stage, region, [
    ['encryptionKey', current],
    ...previous.map((key, index) => [`previousEncryptionKeys.${index}`, key] as const),
    ...(domain ? [['domain.certificate', domain.certificate.certificateArn] as const] : []),
    ...secretArns,
    ...sensitiveSecretKeys.map(({ keyArn }, index) => [`sensitiveSecretKeys.${index}`, keyArn] as const),
    ...Object.entries(destinations).flatMap(([name, destination]) => {
      const arn = givenArnOf(destination);
      return arn === undefined ? [] : [[`destinations.${name}`, arn] as const];
    }),
  ]);
}

const arnOfKey = (key: IKey | 'create'): string => (key === 'create' ? key : key.keyArn);

/**
 * A stack can use these in its own region only; as long as that is not known, in one region. `arns` has the name and the
 * ARN of each.
 */
function checkRegions(stage: string, region: string | undefined, arns: readonly NamedArn[]): void {
  let first: { setting: string; region: string } | undefined;
  for (const [setting, arn] of arns) {
    // A key that the stack creates has no ARN yet.
    if (Token.isUnresolved(arn) || arn === 'create') continue;
    const [, partition = '', , found = ''] = arn.split(':');
    const expected = partitionOf(found);
    if (expected !== undefined && partition !== expected) {
      const problem = `has the region ${found}, which is in ${expected} (got the partition ${partition})`;
      throw new SettingsError(stage, setting, problem);
    }
    if (region !== undefined && !Token.isUnresolved(region) && found !== region) {
      throw new SettingsError(stage, setting, `must be in ${region}, the stack's region (got ${found})`);
    }
    first ??= { setting, region: found };
    if (found !== first.region) {
      const problem = `must be in ${first.region}, the region of ${first.setting} (got ${found})`;
      throw new SettingsError(stage, setting, problem);
    }
  }
}

/** What stands in front of the gateway, or takes its place, goes by the domain. */
function checkEdge({ stage, domain, closeDefaultEndpoint, originHeader }: Settings): void {
  if (closeDefaultEndpoint && !domain)
    throw new SettingsError(stage, 'closeDefaultEndpoint', 'leaves no URL; set domain as well');
  if (originHeader === undefined) return;
  if (!domain)
    throw new SettingsError(stage, 'originHeader', 'needs a domain, whose record points to CloudFront');
  if (originHeader === 'optional') return;
  if (!closeDefaultEndpoint) {
    const problem = 'as "required" would refuse the URL of the gateway; set closeDefaultEndpoint as well';
    throw new SettingsError(stage, 'originHeader', problem);
  }
  if (!domain.hostedZone) return;
  const problem =
    'would let the record point around CloudFront, which originHeader requires; remove it, and point the record there';
  throw new SettingsError(stage, 'domain.hostedZone', problem);
}

/** Route 53 rejects a record outside its zone, but only during the deployment. */
function checkZone(stage: string, domainName: string, zoneName: string): void {
  if (Token.isUnresolved(domainName) || Token.isUnresolved(zoneName)) return;
  if (domainName === zoneName || domainName.endsWith(`.${zoneName}`)) return;
  const problem = `the zone "${zoneName}" cannot contain "${domainName}", which must end with the zone's name`;
  throw new SettingsError(stage, 'domain.hostedZone', problem);
}

function check(stage: string, schema: v.GenericSchema, settings: unknown): void {
  const result = v.safeParse(schema, settings);
  if (result.success) return;
  const [issue] = result.issues;
  throw new SettingsError(stage, v.getDotPath(issue) ?? 'settings', problemOf(issue, schema));
}

function problemOf(issue: v.BaseIssue<unknown>, schema: v.GenericSchema): string {
  if (issue.kind === 'validation') return issue.message;
  if (issue.expected === 'never') return unknownKey(issue, schema);
  if (issue.received === 'undefined') return 'is missing';
  if (issue.type === 'custom') return issue.message;
  return `must be ${issue.expected?.toLowerCase() ?? 'something else'} (got ${issue.received})`;
}

function unknownKey({ path = [] as never }: v.BaseIssue<unknown>, schema: v.GenericSchema): string {
  const keys = path.map(({ key }) => String(key));
  const known = knownKeys(schema, keys.slice(0, -1));
  return `is not a known setting; ${remedy(keys.at(-1) ?? '', known, 'API.md lists them all')}`;
}
