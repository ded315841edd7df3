import { ListSubscriptionsByTopicCommand, SubscribeCommand, type Subscription } from '@aws-sdk/client-sns';
import { audited } from '../audit/audited.ts';
import { plural } from '../cli/plural.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { readTemplate, type Template } from '../stage/deployed.ts';
import { allOf } from '../stage/pages.ts';
import type { Stage } from '../stage/stage.ts';
import { byDoctor, type Finding, ok, problem, readPart, reasonOf, skipped, warning } from './check.ts';

type Resubscribe = (email: string) => Promise<boolean>;

const CONFIRM = 'open the e-mail "AWS Notification - Subscription Confirmation" and confirm within 48 hours';

/** The topics for alarms: the key of the output, the setting with its addresses, and what comes through it. */
const TOPICS = [
  { output: 'AlarmTopicArn', setting: 'alarms.emails', what: 'pages' },
  { output: 'TicketTopicArn', setting: 'alarms.ticketEmails', what: 'tickets' },
] as const;

/**
 * Who receives alarms. SNS drops an address that is not confirmed within 48 hours, and no deployment adds it again,
 * because CloudFormation believes that the subscription still exists.
 */
export async function checkSubscriptions(stage: Stage, resubscribe: Resubscribe): Promise<Finding[]> {
  const { alarmTopicArn, ticketTopicArn } = stage.outputs;
  if (alarmTopicArn === undefined) return [skipped('alarm-mail', 'the stack has no topic for alarms')];
  const arns = { AlarmTopicArn: alarmTopicArn, TicketTopicArn: ticketTopicArn };
  const { value: template, unread } = await readPart(
    ['alarm-mail', 'the addresses that the stage settings name'],
    () => readTemplate(stage),
    stage,
  );
  const findings: Finding[] = [];
  for (const topic of TOPICS) {
    const arn = arns[topic.output];
    if (arn === undefined) continue;
    const wanted = emailsOf(template, topic.output);
    findings.push(...(await checkTopic(stage, { ...topic, arn, wanted }, resubscribe)));
  }
  return [...findings, ...unread];
}

/** `wanted`: the addresses that the template subscribes; none if it could not be read. */
type AlarmTopic = (typeof TOPICS)[number] & { arn: string; wanted: readonly string[] };

async function checkTopic(stage: Stage, topic: AlarmTopic, resubscribe: Resubscribe): Promise<Finding[]> {
  const { arn, output, setting, what, wanted } = topic;
  const { value: subscribed, unread } = await readPart(
    ['alarm-mail', `${what}: the subscriptions`],
    () => subscriptions(stage, arn),
    stage,
  );
  if (subscribed === undefined) return unread;
  const pending = subscribed.filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation');
  const findings = pending.map(({ Endpoint }) =>
    warning('alarm-mail', `${what}: ${Endpoint} has not confirmed yet`, CONFIRM),
  );
  for (const email of wanted.filter((one) => !subscribed.some(({ Endpoint }) => Endpoint === one))) {
    findings.push(await lapsed(stage, topic, email, resubscribe));
  }
  const confirmed = subscribed.length - pending.length;
  if (confirmed > 0)
    findings.unshift(ok('alarm-mail', `${what}: ${plural(confirmed, 'confirmed subscription')}`));
  if (findings.length > 0) return findings;
  const subscribe = `set ${setting} in stages.ts and deploy, or subscribe to the ${output} output`;
  return [warning('alarm-mail', `${what} reach no one`, subscribe)];
}

async function lapsed(stage: Stage, { arn, what }: AlarmTopic, email: string, resubscribe: Resubscribe) {
  const text = `${what}: ${email} did not confirm in time, and SNS has dropped it`;
  if (!(await resubscribe(email)))
    return problem('alarm-mail', text, 'repeat the command with --yes to have the e-mail sent again');
  try {
    return await audited(stage, byDoctor(`subscription of ${email}`), async ({ clients }: AuditedStage) => {
      await clients.sns.send(new SubscribeCommand({ TopicArn: arn, Protocol: 'email', Endpoint: email }));
      return warning('alarm-mail', `${text}; it has just been subscribed again`, CONFIRM);
    });
  } catch (error) {
    const { text: why, next } = reasonOf(error, stage);
    return problem('alarm-mail', `${text}; it could not be subscribed again: ${why}`, next);
  }
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

/** The addresses that the deployed template subscribes to the topic in an output. */
function emailsOf({ Resources = {}, Outputs = {} }: Template = {}, output: AlarmTopic['output']): string[] {
  const topic = JSON.stringify(Outputs[output]?.Value);
  return Object.values(Resources).flatMap(({ Type, Properties = {} }) => {
    const { Protocol, Endpoint, TopicArn } = Properties;
    const isMail = Type === 'AWS::SNS::Subscription' && Protocol === 'email';
    const isAlarm = isMail && JSON.stringify(TopicArn) === topic;
    return isAlarm && typeof Endpoint === 'string' ? [Endpoint] : [];
  });
}
