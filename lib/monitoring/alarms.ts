import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IAlarmAction, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { SettingsError } from '../settings/settings-error.ts';
import { type AlarmDefinition, anchorOf } from './alarm-definition.ts';

/** CloudWatch takes no longer description, and says so only while it deploys. */
const LONGEST_DESCRIPTION = 1024;
/** A generous guess for what CloudFormation knows only later: a function's or a queue's name. */
const DEFERRED_LENGTH = 80;
/** The same for what is AWS's: a region, an account, the end of a host name. */
const DEFERRED_LENGTH_OF_AWS = 25;

export interface AlarmsProps {
  /** Named where a description gets too long. */
  readonly stage: string;
  readonly definitions: readonly AlarmDefinition[];
  readonly runbookUrl: string;
  readonly action: IAlarmAction;
}

/** The alarms of an installation; all of them call the same people. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  /** @throws SettingsError where the runbook's URL leaves no room for the rest of a description */
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.all = props.definitions.map((definition) => this.addAlarm(definition, props));
  }

  private addAlarm(definition: AlarmDefinition, props: AlarmsProps): Alarm {
    const { silence = false } = definition;
    const missing = definition.keepsState ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING;
    const alarm = new Alarm(this, definition.id, {
      alarmName: `${Stack.of(this).stackName}/${definition.id}`,
      alarmDescription: this.describe(definition, props),
      metric: definition.metric,
      threshold: definition.threshold,
      evaluationPeriods: definition.periods ?? 1,
      comparisonOperator: silence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: silence ? TreatMissingData.BREACHING : missing,
    });
    alarm.addAlarmAction(props.action);
    return alarm;
  }

  private describe(
    { id, title, sentence, links }: AlarmDefinition,
    { stage, runbookUrl }: AlarmsProps,
  ): string {
    const description = [
      sentence,
      `Runbook: ${runbookUrl}#${anchorOf(title)}`,
      ...Object.entries(links).map(([label, address]) => `${label}: ${address}`),
    ].join('\n');
    const length = lengthOf(Stack.of(this).resolve(description));
    if (length > LONGEST_DESCRIPTION) {
      throw new SettingsError(
        stage,
        'alarms.runbookUrl',
        `makes the description of the alarm ${id} ${length} of ${LONGEST_DESCRIPTION} characters long; use a shorter URL`,
      );
    }
    return description;
  }
}

/** Length of a text with parts that CloudFormation fills in. */
function lengthOf(text: unknown): number {
  if (typeof text === 'string') return text.length;
  const [, parts] = (text as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.reduce<number>((sum, part) => sum + lengthOfPart(part), 0);
}

function lengthOfPart(part: unknown): number {
  if (typeof part === 'string') return part.length;
  const { Ref } = part as { Ref?: string };
  return Ref?.startsWith('AWS::') ? DEFERRED_LENGTH_OF_AWS : DEFERRED_LENGTH;
}
