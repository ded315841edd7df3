import { readFileSync } from 'node:fs';
import { ACMClient } from '@aws-sdk/client-acm';
import { EC2Client } from '@aws-sdk/client-ec2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { stackName } from '../../lib/add-stages.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { OperatorError } from '../../ops/errors.ts';
import { isObject, parseObject } from '../../ops/json.ts';
import { type Clients, createClients } from '../../ops/stage/clients.ts';
import { regionOf } from '../../ops/stage/deployed.ts';
import type { FoundStage } from '../../ops/stage/stage.ts';

/** What `npm run deploy -- <stage> [options]` was asked for. */
export interface Deployment {
  readonly stage: string;
  readonly settings: StageSettings;
  /** Options of `cdk deploy`. */
  readonly options: readonly string[];
}

/** Services that only a deployment looks at. */
export interface MoreClients {
  readonly ssm: Pick<SSMClient, 'send'>;
  readonly acm: Pick<ACMClient, 'send'>;
  readonly ec2: Pick<EC2Client, 'send'>;
  readonly route53: Pick<Route53Client, 'send'>;
}

/** Where a stage is deployed, and with what it is looked at. */
export interface Place extends FoundStage {
  readonly settings: StageSettings;
  readonly account: string;
  readonly partition: string;
  /** Of the bootstrap stack. */
  readonly qualifier: string;
  /** Whether cdk's role for deployments can be assumed. */
  readonly hasRole: boolean;
  readonly more: MoreClients;
}

/** The place of a deployment, with the credentials that `cdk` would use. @throws as the SDK does */
export async function placeOf(deployment: Deployment, own?: Clients & MoreClients): Promise<Place> {
  const { stage, settings, options } = deployment;
  const profile = optionOf(options, 'profile');
  const clients = own ?? createClients({ region: settings.region, profile });
  const region = settings.region ?? (await regionOf(clients, undefined));
  const { Account: caller = '', Arn = '' } = await clients.sts.send(new GetCallerIdentityCommand({}));
  const partition = Arn.split(':')[1] || 'aws';
  const account = settings.account ?? caller;
  const qualifier = qualifierOf(options);
  const place = { account, region, partition, qualifier };
  const asRole = await assumeRole(clients, place);
  const isForeign = account !== caller;
  if (isForeign && !asRole) {
    const problem = `the credentials are of account ${caller}, and stages.ts has ${account}`;
    throw new OperatorError(problem, { next: `allow sts:AssumeRole on ${deployRole(place)}, or use others` });
  }
  const used =
    asRole && !own ? withRole(clients, createClients({ region, credentials: asRole }), isForeign) : clients;
  return {
    ...{ name: stage, isLocal: false, since: 0, stackName: stackName(stage, settings), settings },
    ...{ ...place, target: { stage, profile, region: settings.region, name: settings.name } },
    hasRole: asRole !== undefined,
    clients: used,
    more: own ?? moreClients(used),
  };
}

/** In another account the role is the only way in; in the caller's own, it may do no more than cdk needs of it. */
const withRole = (own: Clients, asRole: Clients, isForeign: boolean): Clients =>
  isForeign ? asRole : { ...own, cloudFormation: asRole.cloudFormation };

function moreClients({ sts }: Clients): MoreClients {
  const { region, credentials } = sts instanceof STSClient ? sts.config : {};
  const settings = { ...(region && { region }), ...(credentials && { credentials }) };
  return {
    ...{ ssm: new SSMClient(settings), acm: new ACMClient(settings) },
    ...{ ec2: new EC2Client(settings), route53: new Route53Client(settings) },
  };
}

type Bootstrapped = Pick<Place, 'account' | 'region' | 'partition' | 'qualifier'>;

/** The role with which cdk deploys. From GitHub, its use is all that the caller is allowed. */
export const deployRole = ({ account, region, partition, qualifier }: Bootstrapped): string =>
  `arn:${partition}:iam::${account}:role/cdk-${qualifier}-deploy-role-${account}-${region}`;

/** Undefined if it cannot be assumed: cdk then goes on with the caller's own credentials. */
async function assumeRole({ sts }: Clients, place: Bootstrapped) {
  const command = new AssumeRoleCommand({
    RoleArn: deployRole(place),
    RoleSessionName: 'look-before-deploy',
  });
  const { Credentials } = await sts.send(command).catch(() => ({ Credentials: undefined }));
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) return undefined;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** The value of `--name value` or `--name=value`. */
function optionOf(options: readonly string[], name: string): string | undefined {
  const index = options.indexOf(`--${name}`);
  if (index >= 0) return options[index + 1];
  return options.find((option) => option.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const QUALIFIER = '@aws-cdk/core:bootstrapQualifier';

/** Of `-c`, otherwise of cdk.json, otherwise cdk's own. */
function qualifierOf(options: readonly string[]): string {
  const given = options
    .find((option) => option.includes(`${QUALIFIER}=`))
    ?.split('=')
    .at(-1);
  const context = parseObject(readFileSync('cdk.json', 'utf8'))?.context;
  const set = isObject(context) ? context[QUALIFIER] : undefined;
  return given ?? (typeof set === 'string' ? set : 'hnb659fds');
}
