import { ListSubscriptionsByTopicCommand, SubscribeCommand, type Subscription } from '@aws-sdk/client-sns';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, problem, skipped, warning } from './check.ts';
import { readTemplate } from './template.ts';

/**
 * Who hears of an alarm. SNS drops an address that has not confirmed within 48 hours, and no deployment brings it
 * back, as CloudFormation believes that it is there.
 *
 * @param resubscribe allows this look to have SNS send the confirmation again
 */
export async function checkSubscriptions(
  stage: Stage,
  resubscribe: (email: string) => Promise<boolean>,
): Promise<Finding[]> {
  const { alarmTopicArn } = stage.outputs;
  if (alarmTopicArn === undefined) return [skipped('alarm-mail', 'the stack names no topic for alarms')];
  const [subscribed, wanted] = await Promise.all([
    subscriptions(stage, alarmTopicArn),
    emailsOfTemplate(stage),
  ]);
  const findings: Finding[] = [];
  const pending = subscribed.filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation');
  for (const { Endpoint = '' } of pending) {
    findings.push(
      warning(
        'alarm-mail',
        `${Endpoint} has not confirmed yet`,
        'open the mail "AWS Notification - Subscription Confirmation" and confirm, within 48 hours of it',
      ),
    );
  }
  for (const email of wanted.filter((one) => !subscribed.some(({ Endpoint }) => Endpoint === one))) {
    findings.push(await lapsed(stage, alarmTopicArn, email, resubscribe));
  }
  const heard = subscribed.length - pending.length;
  if (heard > 0) findings.unshift(ok('alarm-mail', `${heard} confirmed subscription(s)`));
  if (findings.length === 0) {
    findings.push(
      warning(
        'alarm-mail',
        'nobody hears of an alarm',
        'set alarms.emails in stages.ts and deploy, or subscribe to the AlarmTopicArn output',
      ),
    );
  }
  return findings;
}

async function lapsed(
  { clients }: Stage,
  topicArn: string,
  email: string,
  resubscribe: (email: string) => Promise<boolean>,
): Promise<Finding> {
  const what = `${email} did not confirm in time, and SNS has dropped it`;
  if (!(await resubscribe(email))) {
    return problem('alarm-mail', what, 'repeat the command with --yes to have the mail sent again');
  }
  await clients.sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'email', Endpoint: email }));
  return warning(
    'alarm-mail',
    `${what}; subscribed again just now`,
    'confirm the mail that comes, within 48 hours',
  );
}

async function subscriptions({ clients }: Stage, topicArn: string): Promise<Subscription[]> {
  const found: Subscription[] = [];
  let token: string | undefined;
  do {
    const page = await clients.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, ...(token && { NextToken: token }) }),
    );
    found.push(...(page.Subscriptions ?? []));
    token = page.NextToken;
  } while (token);
  return found.filter(({ SubscriptionArn }) => SubscriptionArn !== 'Deleted');
}

/** The addresses that the deployed template subscribes to the alarms. */
async function emailsOfTemplate(stage: Stage): Promise<string[]> {
  const { Resources = {}, Outputs = {} } = await readTemplate(stage);
  const topic = JSON.stringify(Outputs.AlarmTopicArn?.Value);
  return Object.values(Resources).flatMap(({ Type, Properties = {} }) => {
    const { Protocol, Endpoint, TopicArn } = Properties;
    const isMail = Type === 'AWS::SNS::Subscription' && Protocol === 'email' && typeof Endpoint === 'string';
    return isMail && JSON.stringify(TopicArn) === topic ? [Endpoint as string] : [];
  });
}
