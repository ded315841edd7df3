import { ListSubscriptionsByTopicCommand, SubscribeCommand, type Subscription } from '@aws-sdk/client-sns';
import { allOf } from '../stage/pages.ts';
import type { Stage } from '../stage/stage.ts';
import { readTemplate } from '../stage/template.ts';
import { type Finding, ok, problem, skipped, warning } from './check.ts';

/** Allows SNS to send the confirmation mail to an address again. */
type Resubscribe = (email: string) => Promise<boolean>;

const CONFIRM =
  'open the mail "AWS Notification - Subscription Confirmation" and confirm, within 48 hours of it';
const SUBSCRIBE = 'set alarms.emails in stages.ts and deploy, or subscribe to the AlarmTopicArn output';

/**
 * Who receives alarms. SNS drops an address that has not confirmed within 48 hours, and no deployment brings it back,
 * as CloudFormation believes that the subscription exists.
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
  if (confirmed > 0) findings.unshift(ok('alarm-mail', `${confirmed} confirmed subscription(s)`));
  return findings.length > 0 ? findings : [warning('alarm-mail', 'nobody receives alarms', SUBSCRIBE)];
}

async function lapsed(
  { clients }: Stage,
  topicArn: string,
  email: string,
  resubscribe: Resubscribe,
): Promise<Finding> {
  const what = `${email} did not confirm in time, and SNS has dropped it`;
  if (!(await resubscribe(email))) {
    return problem('alarm-mail', what, 'repeat the command with --yes to have the mail sent again');
  }
  await clients.sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'email', Endpoint: email }));
  return warning('alarm-mail', `${what}; it has just been subscribed again`, CONFIRM);
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
