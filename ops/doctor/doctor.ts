import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Clients } from '../stage/clients.ts';
import { type DeployedSettings, describeStack } from '../stage/deployed.ts';
import { type Stage, stackNameOf } from '../stage/stage.ts';
import { checkSubscriptions } from './alarm-mail.ts';
import { checkAlarms } from './alarms.ts';
import { checkApiTrial } from './api-trial.ts';
import { checkBareRuns } from './bare-runs.ts';
import { type Finding, look, ok, problem, skipped, warning } from './check.ts';
import { checkDashboard } from './dashboard.ts';
import { checkDecisions } from './decisions.ts';
import { checkDeliveries } from './deliveries.ts';
import { checkEndpoint, checkProbe } from './endpoint.ts';
import { checkOtherStage } from './other-stage.ts';
import { checkQueues } from './queues.ts';
import { checkApiKey, checkRuleSecrets, checkSigningSecret } from './secrets.ts';
import { checkStatuses } from './statuses.ts';

export interface DoctorOptions {
  settings: DeployedSettings;
  /** Of a deployed stage, before it is known whether its stack exists. */
  clients?: Clients | undefined;
  connect: () => Promise<Stage>;
  /** May SNS send a confirmation e-mail again? */
  resubscribe: (email: string) => Promise<boolean>;
  /** May a probe be sent? */
  probe: () => Promise<boolean>;
}

/** Checks the data path in its order. What depends on a part that is missing is not tried. */
export async function* examine(options: DoctorOptions): AsyncGenerator<Finding> {
  const { settings, clients } = options;
  if (clients) {
    const findings = await look('credentials', () => checkCredentials(clients));
    yield* findings;
    if (failed(findings)) return;
    const stackName = stackNameOf(settings.stage, settings.name);
    const stack = await look('stack', () => checkStack(clients, stackName, settings.stage));
    yield* stack;
    if (failed(stack) && !stack.some(({ text }) => text.includes('FAILED'))) return;
  }
  let stage: Stage | undefined;
  yield* await look('stage', async () => {
    stage = await options.connect();
    const { isLocal, stackName } = stage;
    return ok('stage', isLocal ? `the local run of ${stackName} answers` : `outputs of ${stackName} read`);
  });
  if (stage) yield* examineStage(stage, options);
}

async function* examineStage(stage: Stage, options: DoctorOptions): AsyncGenerator<Finding> {
  yield* await look('endpoint', () => checkEndpoint(stage));
  const secret = await look('signing-secret', () => checkSigningSecret(stage));
  yield* secret;
  yield* await look('deliveries', () => checkDeliveries(stage));
  yield* await look('api-key', () => checkApiKey(stage));
  yield* await look('rule-secrets', () => checkRuleSecrets(stage));
  yield* await look('queue', () => checkQueues(stage));
  yield* await look('decisions', () => checkDecisions(stage));
  if (stage.isLocal) yield skipped('alarms', 'the local run has none');
  else {
    yield* await look('alarms', () => checkAlarms(stage));
    yield* await look('alarm-mail', () => checkSubscriptions(stage, options.resubscribe));
  }
  yield* await look('dashboard', () => checkDashboard(stage));
  yield* await look('statuses', () => checkStatuses(stage));
  yield* await look('verify-api', () => checkApiTrial(stage));
  yield* await look('bare-runs', () => checkBareRuns(stage));
  if (!stage.isLocal) yield* await look('other-stage', () => checkOtherStage(stage, options.settings));
  if (failed(secret)) yield skipped('probe', 'not sent without a signing secret');
  else if (await options.probe()) yield* await look('probe', () => checkProbe(stage));
  else yield skipped('probe', 'not sent');
}

const failed = (findings: readonly Finding[]): boolean => findings.some(({ state }) => state === 'problem');

export async function checkCredentials({ sts }: Pick<Clients, 'sts'>): Promise<Finding> {
  const { Account, Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
  return ok('credentials', `account ${Account}, as ${Arn.split(':').at(-1)}`);
}

export async function checkStack(
  { cloudFormation }: Pick<Clients, 'cloudFormation'>,
  stackName: string,
  stage: string,
): Promise<Finding> {
  const stack = await describeStack(cloudFormation, stackName);
  if (!stack) {
    return problem(
      'stack',
      `${stackName} is not deployed in this account and region`,
      `npm run deploy -- ${stage}; or say where it is with --region, --profile or --name`,
    );
  }
  const { StackStatus: status = '' } = stack;
  if (status.endsWith('_IN_PROGRESS')) {
    return warning(
      'stack',
      `${stackName} is changing: ${status}`,
      'wait until the deployment is over, then repeat',
    );
  }
  if (status.includes('FAILED') || status === 'ROLLBACK_COMPLETE') {
    return problem(
      'stack',
      `${stackName}: ${status}`,
      'see its events in the CloudFormation console, fix the cause, and deploy again',
    );
  }
  return ok('stack', `${stackName}: ${status}`);
}
