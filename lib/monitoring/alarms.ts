import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IAlarmAction, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type AlarmDefinition, anchorOf } from './alarm-definition.ts';

/** CloudWatch takes no longer description, and says so only while it deploys. */
const LONGEST_DESCRIPTION = 1024;
/** A generous guess for what CloudFormation knows only later: a function's or a queue's name. */
const DEFERRED_LENGTH = 80;

export interface AlarmsProps {
  readonly definitions: readonly AlarmDefinition[];
  readonly runbookUrl: string;
  readonly action: IAlarmAction;
}

/** The alarms of an installation; all of them call the same people. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.all = props.definitions.map((definition) => this.addAlarm(definition, props));
  }

  private addAlarm(definition: AlarmDefinition, { runbookUrl, action }: AlarmsProps): Alarm {
    const { silence = false } = definition;
    const alarm = new Alarm(this, definition.id, {
      alarmName: `${Stack.of(this).stackName}/${definition.id}`,
      alarmDescription: this.describe(definition, runbookUrl),
      metric: definition.metric,
      threshold: definition.threshold,
      evaluationPeriods: definition.periods ?? 1,
      comparisonOperator: silence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: silence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    return alarm;
  }

  private describe({ id, title, sentence, links }: AlarmDefinition, runbookUrl: string): string {
    const description = [
      sentence,
      `Runbook: ${runbookUrl}#${anchorOf(title)}`,
      ...Object.entries(links).map(([label, address]) => `${label}: ${address}`),
    ].join('\n');
    const length = lengthOf(Stack.of(this).resolve(description));
    if (length > LONGEST_DESCRIPTION) {
      throw new Error(`description of the alarm ${id} has ${length} of ${LONGEST_DESCRIPTION} characters`);
    }
    return description;
  }
}

/** Length of a text with parts that CloudFormation fills in. */
function lengthOf(text: unknown): number {
  if (typeof text === 'string') return text.length;
  const [, parts] = (text as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.reduce<number>(
    (sum, part) => sum + (typeof part === 'string' ? part.length : DEFERRED_LENGTH),
    0,
  );
}
