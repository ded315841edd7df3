import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { allOf } from '../stage/pages.ts';
import type { Stage } from '../stage/stage.ts';
import { readTemplate } from '../stage/template.ts';
import { type Finding, ok, problem, warning } from './check.ts';

const RUNBOOK = 'docs/runbook.md has a section on each alarm';
const ENABLE = 'enable them in the CloudWatch console ("Actions", "Enable")';

/** Alarms of the stage: those that are in alarm, missing, or muted. */
export async function checkAlarms(stage: Stage): Promise<Finding[]> {
  const [alarms, wanted] = await Promise.all([alarmsOf(stage), namesInTemplate(stage)]);
  if (alarms.length === 0 && wanted.length === 0) {
    return [problem('alarms', 'the stage has no alarms', 'deploy it again with this release')];
  }
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

const alarmsOf = ({ clients, stackName }: Stage): Promise<MetricAlarm[]> =>
  allOf(async (token) => {
    const { MetricAlarms: items, NextToken: next } = await clients.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: `${stackName}/`, NextToken: token }),
    );
    return { items, next };
  });

/** Names that the deployed template gives to alarms; alarms that the customer added without a name are left out. */
async function namesInTemplate(stage: Stage): Promise<string[]> {
  const { Resources = {} } = await readTemplate(stage);
  return Object.values(Resources).flatMap(({ Type, Properties: { AlarmName } = {} }) =>
    Type === 'AWS::CloudWatch::Alarm' && typeof AlarmName === 'string' ? [AlarmName] : [],
  );
}
