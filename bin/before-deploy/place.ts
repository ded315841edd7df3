import { ACMClient } from '@aws-sdk/client-acm';
import { EC2Client } from '@aws-sdk/client-ec2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { stackName } from '../../lib/add-stages.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { OperatorError } from '../../ops/errors.ts';
import { type Clients, makeClients, type SdkSettings, sdkSettings } from '../../ops/stage/clients.ts';
import { regionOf } from '../../ops/stage/deployed.ts';
import { NO_REGION, toOperatorError } from '../../ops/stage/explain.ts';
import type { FoundStage } from '../../ops/stage/stage.ts';
import { checkApp } from './assembly.ts';
import type { CdkOptions } from './cdk-options.ts';
import { chosenProfile, givenRegion, qualifierOf, regionsOfEnvironment } from './cdk-settings.ts';
import { NotDeployableError } from './errors.ts';

/** What `npm run deploy -- <stage> [options]` was asked for. */
export interface Deployment {
  readonly stage: string;
  readonly settings: StageSettings;
  readonly options: CdkOptions;
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

/**
 * The place of a deployment, with the credentials that `cdk` would use.
 *
 * @throws NotDeployableError if cdk would deploy to another place than the one that is named; otherwise as the SDK does
 */
export async function placeOf(deployment: Deployment, own?: Clients & MoreClients): Promise<Place> {
  const { stage, settings, options } = deployment;
  checkApp(deployment);
  const profile = chosenProfile(options);
  const given = settings.region ?? givenRegion(options);
  const sdk = sdkSettings({ region: given ?? regionsOfEnvironment(), profile });
  const clients = own ?? makeClients(sdk);
  const region = given ?? (await regionOf(clients, undefined).catch(noRegion));
  const { Account: caller = '', Arn = '' } = await clients.sts.send(new GetCallerIdentityCommand({}));
  const partition = Arn.split(':')[1] || 'aws';
  const account = settings.account ?? caller;
  const qualifier = qualifierOf(options.context);
  const place = { account, region, partition, qualifier };
  const asRole = await assumeRole(clients, place);
  const isForeign = account !== caller;
  if (isForeign && !asRole) {
    const problem = `the credentials are of account ${caller}, and stages.ts has ${account}`;
    throw new OperatorError(problem, { next: `allow sts:AssumeRole on ${deployRole(place)}, or use others` });
  }
  const roleSdk = sdkSettings({ region, credentials: asRole });
  const used = asRole && !own ? withRole(clients, makeClients(roleSdk), isForeign) : clients;
  return {
    ...{ name: stage, isLocal: false, since: 0, stackName: stackName(stage, settings), settings },
    ...{ ...place, target: { stage, profile, region: given, name: settings.name } },
    hasRole: asRole !== undefined,
    clients: used,
    more: own ?? moreClients(isForeign ? roleSdk : { ...sdk, region }),
  };
}

/** Without a region, cdk takes one of its own choice, so that nothing that was looked at would be what it deploys to. */
function noRegion(error: unknown): never {
  const { problem, next } = toOperatorError(error);
  if (problem === NO_REGION) throw new NotDeployableError(`${problem}, and cdk would choose one`, { next });
  throw error;
}

/** In another account the role is the only way in; in the caller's own, it may do no more than cdk needs of it. */
const withRole = (own: Clients, asRole: Clients, isForeign: boolean): Clients =>
  isForeign ? asRole : { ...own, cloudFormation: asRole.cloudFormation };

function moreClients(settings: SdkSettings): MoreClients {
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
