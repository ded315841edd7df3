import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Stage } from '../stage/stage.ts';
import { type Finding, ok, problem, warning } from './check.ts';
import { readTemplate } from './template.ts';

/** Alarms of the stage: those that ring, that are not there, and that nobody would hear. */
export async function checkAlarms(stage: Stage): Promise<Finding[]> {
  const [alarms, wanted] = await Promise.all([alarmsOf(stage), namesInTemplate(stage)]);
  if (alarms.length === 0 && wanted.length === 0) {
    return [problem('alarms', 'the stage has no alarms', 'deploy it again with this release')];
  }
  const findings: Finding[] = [];
  const ringing = alarms.filter(({ StateValue }) => StateValue === 'ALARM').map(({ AlarmName }) => AlarmName);
  if (ringing.length > 0) {
    const next = 'docs/runbook.md has a section on each alarm';
    findings.push(problem('alarms', `ringing: ${ringing.join(', ')}`, next));
  }
  const missing = wanted.filter((name) => !alarms.some(({ AlarmName }) => AlarmName === name));
  if (missing.length > 0) {
    const text = `${missing.length} of ${wanted.length} are not there: ${missing.join(', ')}`;
    findings.push(
      problem(
        'alarms',
        text,
        `deploy the stage again: npm run deploy -- ${stage.name}; an alarm that was deleted by hand is written anew only where its settings change (alarms.runbookUrl is in each)`,
      ),
    );
  }
  const muted = alarms.filter(({ ActionsEnabled }) => ActionsEnabled === false);
  if (muted.length > 0) {
    findings.push(
      warning(
        'alarms',
        `${muted.length} of ${alarms.length} have their actions switched off`,
        'switch them on in the CloudWatch console ("Actions", "Enable")',
      ),
    );
  }
  return findings.length > 0 ? findings : [ok('alarms', `${alarms.length}, none ringing`)];
}

async function alarmsOf({ clients, stackName }: Stage): Promise<MetricAlarm[]> {
  const alarms: MetricAlarm[] = [];
  let token: string | undefined;
  do {
    const page = await clients.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: `${stackName}/`, ...(token && { NextToken: token }) }),
    );
    alarms.push(...(page.MetricAlarms ?? []));
    token = page.NextToken;
  } while (token);
  return alarms;
}

/** Names that the deployed template gives to alarms; one of somebody's own, without a name, is left out. */
async function namesInTemplate(stage: Stage): Promise<string[]> {
  const { Resources = {} } = await readTemplate(stage);
  return Object.values(Resources).flatMap(({ Type, Properties: { AlarmName } = {} }) =>
    Type === 'AWS::CloudWatch::Alarm' && typeof AlarmName === 'string' ? [AlarmName] : [],
  );
}
