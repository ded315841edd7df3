import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { ListSubscriptionsByTopicCommand, SubscribeCommand, type Subscription } from '@aws-sdk/client-sns';
import { audited } from '../audit/audited.ts';
import { plural } from '../cli/plural.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { readTemplate } from '../stage/deployed.ts';
import { allOf } from '../stage/pages.ts';
import type { Stage } from '../stage/stage.ts';
import { byDoctor, type Finding, ok, problem, skipped, warning } from './check.ts';

const RUNBOOK = 'docs/runbook.md has a section on each alarm';
const ENABLE = 'enable them in the CloudWatch console ("Actions", "Enable")';

export async function checkAlarms(stage: Stage): Promise<Finding[]> {
  const [alarms, wanted] = await Promise.all([alarmsOf(stage), namesInTemplate(stage)]);
  if (alarms.length === 0 && wanted.length === 0)
    return [problem('alarms', 'the stage has no alarms', 'deploy it again with this release')];
  const findings: Finding[] = [];
  const inAlarm = alarms.filter(({ StateValue }) => StateValue === 'ALARM').map(({ AlarmName }) => AlarmName);
  if (inAlarm.length > 0) findings.push(problem('alarms', `in alarm: ${inAlarm.join(', ')}`, RUNBOOK));
  const missing = wanted.filter((name) => !alarms.some(({ AlarmName }) => AlarmName === name));
  if (missing.length > 0) {
    const text = `${missing.length} of ${wanted.length} do not exist: ${missing.join(', ')}`;
    const next = `deploy the stage again: npm run deploy -- ${stage.name}; an alarm that was deleted by hand is created again only if its settings change (alarms.runbookUrl is in each)`;
    findings.push(problem('alarms', text, next));
  }
  const muted = alarms.filter(({ ActionsEnabled }) => ActionsEnabled === false);
  if (muted.length > 0) {
    const text = `${muted.length} of ${alarms.length} have their actions disabled`;
    findings.push(warning('alarms', text, ENABLE));
  }
  return findings.length > 0 ? findings : [ok('alarms', `${alarms.length}, none in alarm`)];
}

const alarmsOf = (stage: Stage): Promise<MetricAlarm[]> =>
  allOf(async (token) => {
    const { MetricAlarms: items, NextToken: next } = await stage.clients.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: prefixOf(stage), NextToken: token }),
    );
    return { items, next };
  });

/** Names of the product's alarms, which begin as those that are looked for; the customer's own may have any name. */
async function namesInTemplate(stage: Stage): Promise<string[]> {
  const { Resources = {} } = await readTemplate(stage);
  return Object.values(Resources).flatMap(({ Type, Properties: { AlarmName } = {} }) => {
    const isAlarm = Type === 'AWS::CloudWatch::Alarm' && typeof AlarmName === 'string';
    return isAlarm && AlarmName.startsWith(prefixOf(stage)) ? [AlarmName] : [];
  });
}

const prefixOf = ({ stackName }: Stage): string => `${stackName}/`;

type Resubscribe = (email: string) => Promise<boolean>;

const CONFIRM = 'open the e-mail "AWS Notification - Subscription Confirmation" and confirm within 48 hours';
const SUBSCRIBE = 'set alarms.emails in stages.ts and deploy, or subscribe to the AlarmTopicArn output';

/**
 * Who receives alarms. SNS drops an address that is not confirmed within 48 hours, and no deployment adds it again,
 * because CloudFormation believes that the subscription still exists.
 */
export async function checkSubscriptions(stage: Stage, resubscribe: Resubscribe): Promise<Finding[]> {
  const { alarmTopicArn } = stage.outputs;
  if (alarmTopicArn === undefined) return [skipped('alarm-mail', 'the stack has no topic for alarms')];
  const [subscribed, wanted] = await Promise.all([
    subscriptions(stage, alarmTopicArn),
    emailsOfTemplate(stage),
  ]);
  const pending = subscribed.filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation');
  const findings = pending.map(({ Endpoint }) =>
    warning('alarm-mail', `${Endpoint} has not confirmed yet`, CONFIRM),
  );
  for (const email of wanted.filter((one) => !subscribed.some(({ Endpoint }) => Endpoint === one))) {
    findings.push(await lapsed(stage, alarmTopicArn, email, resubscribe));
  }
  const confirmed = subscribed.length - pending.length;
  if (confirmed > 0) findings.unshift(ok('alarm-mail', plural(confirmed, 'confirmed subscription')));
  return findings.length > 0 ? findings : [warning('alarm-mail', 'alarms reach no one', SUBSCRIBE)];
}

async function lapsed(stage: Stage, topicArn: string, email: string, resubscribe: Resubscribe) {
  const what = `${email} did not confirm in time, and SNS has dropped it`;
  if (!(await resubscribe(email)))
    return problem('alarm-mail', what, 'repeat the command with --yes to have the e-mail sent again');
  return audited(stage, byDoctor(`subscription of ${email}`), async ({ clients }: AuditedStage) => {
    await clients.sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'email', Endpoint: email }));
    return warning('alarm-mail', `${what}; it has just been subscribed again`, CONFIRM);
  });
}

async function subscriptions({ clients }: Stage, topicArn: string): Promise<Subscription[]> {
  const found = await allOf<Subscription>(async (token) => {
    const { Subscriptions: items, NextToken: next } = await clients.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken: token }),
    );
    return { items, next };
  });
  return found.filter(({ SubscriptionArn }) => SubscriptionArn !== 'Deleted');
}

/** The addresses that the deployed template subscribes to the alarms. */
async function emailsOfTemplate(stage: Stage): Promise<string[]> {
  const { Resources = {}, Outputs = {} } = await readTemplate(stage);
  const topic = JSON.stringify(Outputs.AlarmTopicArn?.Value);
  return Object.values(Resources).flatMap(({ Type, Properties = {} }) => {
    const { Protocol, Endpoint, TopicArn } = Properties;
    const isMail = Type === 'AWS::SNS::Subscription' && Protocol === 'email';
    const isAlarm = isMail && JSON.stringify(TopicArn) === topic;
    return isAlarm && typeof Endpoint === 'string' ? [Endpoint] : [];
  });
}
