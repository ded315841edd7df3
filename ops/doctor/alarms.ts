import { type CompositeAlarm, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { readTemplate } from '../stage/deployed.ts';
import { allOf } from '../stage/pages.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, problem, readPart, warning } from './check.ts';

type DeployedAlarm = MetricAlarm | CompositeAlarm;

const RUNBOOK = 'docs/runbook.md has a section on each alarm';
const ENABLE = 'enable them in the CloudWatch console ("Actions", "Enable")';

export async function checkAlarms(stage: Stage): Promise<Finding[]> {
  const [alarms, { value: wanted = [], unread }] = await Promise.all([
    alarmsOf(stage),
    readPart(['alarms', 'the list of those that should exist'], () => namesInTemplate(stage), stage),
  ]);
  const findings = [...judge(stage, alarms, wanted), ...unread];
  if (findings.length > 0) return findings;
  return alarms.length === 0
    ? [problem('alarms', 'the stage has no alarms', 'deploy it again with this release')]
    : [ok('alarms', `${alarms.length}, none in alarm`)];
}

function judge(stage: Stage, alarms: readonly DeployedAlarm[], wanted: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  const inAlarm = alarms.filter(isRinging).map(describe);
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
  return findings;
}

/** Alarms that only others read have no actions, and ring for no one. */
const isRinging = ({ StateValue, AlarmActions }: DeployedAlarm): boolean =>
  StateValue === 'ALARM' && AlarmActions?.length !== 0;

const describe = (alarm: DeployedAlarm): string =>
  'ActionsSuppressedBy' in alarm && alarm.ActionsSuppressedBy === 'Alarm'
    ? `${alarm.AlarmName} (an effect of another one)`
    : `${alarm.AlarmName}`;

const alarmsOf = (stage: Stage): Promise<DeployedAlarm[]> =>
  allOf(async (token) => {
    const {
      MetricAlarms = [],
      CompositeAlarms = [],
      NextToken: next,
    } = await stage.clients.cloudWatch.send(
      new DescribeAlarmsCommand({
        AlarmNamePrefix: prefixOf(stage),
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        NextToken: token,
      }),
    );
    return { items: [...MetricAlarms, ...CompositeAlarms], next };
  });

/** Names of the product's alarms, which begin as those that are looked for; the customer's own may have any name. */
async function namesInTemplate(stage: Stage): Promise<string[]> {
  const { Resources = {} } = await readTemplate(stage);
  return Object.values(Resources).flatMap(({ Type, Properties: { AlarmName } = {} }) => {
    const isAlarm = Type === 'AWS::CloudWatch::Alarm' || Type === 'AWS::CloudWatch::CompositeAlarm';
    return isAlarm && typeof AlarmName === 'string' && AlarmName.startsWith(prefixOf(stage))
      ? [AlarmName]
      : [];
  });
}

const prefixOf = ({ stackName }: Stage): string => `${stackName}/`;
