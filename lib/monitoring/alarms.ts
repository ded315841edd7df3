import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IAlarmAction, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { SettingsError } from '../settings/settings-error.ts';
import { type AlarmDefinition, anchorOf } from './alarm-definition.ts';

/** CloudWatch's limit in characters; it rejects a longer description only during the deployment. */
const MAX_DESCRIPTION_LENGTH = 1024;
/** A generous estimate for what CloudFormation resolves later: the name of a function or queue. */
const DEFERRED_LENGTH = 80;
/** The same for AWS pseudo parameters: a region, an account, the end of a host name. */
const DEFERRED_LENGTH_OF_AWS = 25;

/** Props of `Alarms`. */
export interface AlarmsProps {
  /** Named in the error about a description that is too long. */
  readonly stage: string;
  readonly definitions: readonly AlarmDefinition[];
  readonly runbookUrl: string;
  /** Actions that every alarm runs. */
  readonly actions: readonly IAlarmAction[];
}

/** The alarms of an installation; all of them run the same actions. */
export class Alarms extends Construct {
  /** Every alarm, in the order in which an event travels. */
  readonly all: readonly Alarm[];

  /** @throws SettingsError where the runbook's URL makes a description too long */
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.all = props.definitions.map((definition) => this.#addAlarm(definition, props));
  }

  #addAlarm(definition: AlarmDefinition, props: AlarmsProps): Alarm {
    const { silence = false } = definition;
    const missing = definition.keepsState ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING;
    const alarm = new Alarm(this, definition.id, {
      alarmName: `${Stack.of(this).stackName}/${definition.id}`,
      alarmDescription: this.#describe(definition, props),
      metric: definition.metric,
      threshold: definition.threshold,
      evaluationPeriods: definition.periods ?? 1,
      comparisonOperator: silence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: silence ? TreatMissingData.BREACHING : missing,
    });
    alarm.addAlarmAction(...props.actions);
    return alarm;
  }

  #describe({ id, title, sentence, links }: AlarmDefinition, { stage, runbookUrl }: AlarmsProps): string {
    const description = [
      sentence,
      `Runbook: ${runbookUrl}#${anchorOf(title)}`,
      ...Object.entries(links).map(([label, address]) => `${label}: ${address}`),
    ].join('\n');
    const length = lengthOf(Stack.of(this).resolve(description));
    if (length > MAX_DESCRIPTION_LENGTH) {
      throw new SettingsError(
        stage,
        'alarms.runbookUrl',
        `makes the description of the alarm ${id} too long (${length} characters, limit ${MAX_DESCRIPTION_LENGTH}); use a shorter URL`,
      );
    }
    return description;
  }
}

/** Length of a resolved text, with an estimate for each part that CloudFormation resolves later. */
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
