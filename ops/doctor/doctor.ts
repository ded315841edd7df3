import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Clients } from '../stage/clients.ts';
import { targetOf } from '../stage/command-line.ts';
import { type DeployedSettings, describeStack } from '../stage/deployed.ts';
import { obstacle, stateOf } from '../stage/stack-state.ts';
import { type Stage, stackNameOf } from '../stage/stage.ts';
import { deployedStages } from '../stage/unknown-stage.ts';
import { checkSubscriptions } from './alarm-mail.ts';
import { checkAlarms } from './alarms.ts';
import { checkApiKey } from './api-key.ts';
import { checkApiTrial } from './api-trial.ts';
import { checkArrival } from './arrival.ts';
import { checkBareRuns } from './bare-runs.ts';
import { type Finding, look, ok, problem, skipped, warning } from './check.ts';
import { checkCrashes } from './crashes.ts';
import { checkDecisions } from './decisions.ts';
import { checkDeliveries } from './deliveries.ts';
import { checkEncryption } from './encryption.ts';
import { checkEndpoint, checkProbe } from './endpoint.ts';
import { checkMachines } from './machines.ts';
import { checkOtherStage } from './other-stage.ts';
import { checkQueues } from './queues.ts';
import { checkRuleSecrets } from './rule-secrets.ts';
import { checkSigningSecret } from './signing-secret.ts';
import { checkStatuses } from './statuses.ts';
import { checkSweeper } from './sweeper.ts';
import { checkWorkflows } from './workflows.ts';

export interface DoctorOptions {
  settings: DeployedSettings;
  /** Of a deployed stage, before it is known whether its stack exists. */
  clients?: Clients | undefined;
  connect: (stage: string) => Promise<Stage>;
  /** Epoch milliseconds. */
  now: () => number;
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
    const stack = await look('stack', () => checkStack(clients, stackName, settings));
    yield* stack;
    if (failed(stack) && !stack.some(({ text }) => text.includes('FAILED'))) return;
  }
  let stage: Stage | undefined;
  yield* await look('stage', async () => {
    stage = await options.connect(settings.stage);
    const { isLocal, stackName } = stage;
    return ok('stage', isLocal ? `the local run of ${stackName} answers` : `outputs of ${stackName} read`);
  });
  if (stage) yield* examineStage(stage, options);
}

async function* examineStage(stage: Stage, options: DoctorOptions): AsyncGenerator<Finding> {
  const check = (name: string, make: () => Promise<Finding | Finding[]>) => look(name, make, stage);
  const now = options.now();
  yield* await check('endpoint', () => checkEndpoint(stage));
  const secret = await check('signing-secret', () => checkSigningSecret(stage, now));
  yield* secret;
  if (!stage.isLocal) yield* await check('encryption', () => checkEncryption(stage, now));
  yield* await check('deliveries', () => checkDeliveries(stage, now));
  yield* await check('api-key', () => checkApiKey(stage));
  yield* await check('machines', () => checkMachines(stage));
  yield* await check('rule-secrets', () => checkRuleSecrets(stage));
  yield* await check('queue', () => checkQueues(stage, now));
  yield* await check('decisions', () => checkDecisions(stage));
  yield* await check('sweeper', () => checkSweeper(stage, now));
  if (stage.localUrl) yield* await check('crashes', () => checkCrashes(stage, now));
  if (stage.isLocal) yield skipped('alarms', 'the local run has none');
  else {
    yield* await check('alarms', () => checkAlarms(stage));
    yield* await check('alarm-mail', () => checkSubscriptions(stage, options.resubscribe));
  }
  yield* await check('dashboard', () => checkArrival(stage, now));
  yield* await check('workflows', () => checkWorkflows(stage));
  yield* await check('statuses', () => checkStatuses(stage, now));
  yield* await check('verify-api', () => checkApiTrial(stage));
  yield* await check('bare-runs', () => checkBareRuns(stage));
  if (!stage.isLocal) yield* await check('other-stage', () => checkOtherStage(stage, options.connect));
  if (failed(secret)) yield skipped('probe', 'not sent without a signing secret');
  else if (await options.probe()) yield* await check('probe', () => checkProbe(stage));
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
  settings: DeployedSettings,
): Promise<Finding> {
  const stack = await describeStack(cloudFormation, stackName);
  if (!stack) {
    const others = (await deployedStages({ cloudFormation }, settings.name)).join(', ');
    return problem(
      'stack',
      `${stackName} is not deployed in this account and region${others && ` (deployed there: ${others})`}`,
      `npm run deploy -- ${settings.stage}; or say where it is with --region, --profile or --name`,
    );
  }
  const { StackStatus: status = '' } = stack;
  const state = stateOf(stack);
  const found = obstacle(state, { name: settings.stage, stackName, region: '', target: targetOf(settings) });
  if (found) return (state.kind === 'changing' ? warning : problem)('stack', found.problem, found.next);
  if (status.includes('FAILED')) {
    const next = 'see its events in the CloudFormation console, fix the cause, and deploy again';
    return problem('stack', `${stackName}: ${status}`, next);
  }
  return ok('stack', `${stackName}: ${status}`);
}
