import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarm,
  type IAlarmAction,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmDefinition, CompositeDefinition, Severity } from './alarm-definition.ts';
import { describe } from './alarm-description.ts';
import { consoleHost } from './console-host.ts';

/** A cause may be noticed a little later than its effect. */
const WAIT_FOR_CAUSE = Duration.minutes(5);
/** An effect may last for a while after its cause is over: events that have piled up are worked off. */
const AFTER_CAUSE = Duration.hours(1);

/** Props of `Alarms`. */
export interface AlarmsProps {
  /** Named in the error about a description that is too long. */
  readonly stage: string;
  readonly definitions: readonly AlarmDefinition[];
  /** Alarms over those; none with basic monitoring, where each alarm has its own actions. */
  readonly composites: readonly CompositeDefinition[];
  readonly runbookUrl: string;
  /** What the alarms of each severity do. */
  readonly actions: Readonly<Record<Severity, readonly IAlarmAction[]>>;
}

/** The alarms of an installation. Effects of something that has an alarm of its own ring only while that does not. */
export class Alarms extends Construct {
  /** Every alarm that reads metrics, in the order in which an event travels. */
  readonly all: readonly Alarm[];
  /** Alarms over these that notify someone. */
  readonly composites: readonly CompositeAlarm[];
  readonly #byId = new Map<string, IAlarm>();
  readonly #consoleHost: string;

  /** @throws SettingsError where the runbook's URL makes a description too long */
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#consoleHost = consoleHost(this);
    const effects = new Set(props.composites.flatMap(({ anyOf }) => anyOf.flat()));
    this.all = props.definitions.map((definition) => {
      const alarm = this.#addAlarm(definition, props);
      if (!effects.has(definition.id)) alarm.addAlarmAction(...props.actions[definition.severity]);
      return alarm;
    });
    this.composites = props.composites.map((definition) => this.#addComposite(definition, props));
  }

  #addAlarm(definition: AlarmDefinition, props: AlarmsProps): Alarm {
    const { id, silence = false } = definition;
    const missing = definition.keepsState ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING;
    const alarm = new Alarm(this, id, {
      alarmName: this.#nameOf(id),
      alarmDescription: describe(this, definition, { ...props, consoleHost: this.#consoleHost }),
      metric: definition.metric,
      threshold: definition.threshold,
      evaluationPeriods: definition.periods ?? 1,
      comparisonOperator: silence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: silence ? TreatMissingData.BREACHING : missing,
    });
    this.#byId.set(id, alarm);
    return alarm;
  }

  #addComposite(definition: CompositeDefinition, props: AlarmsProps): CompositeAlarm {
    const { id, severity, anyOf, afterCause = AFTER_CAUSE } = definition;
    const alarm = new CompositeAlarm(this, id, {
      compositeAlarmName: this.#nameOf(id),
      alarmDescription: describe(this, definition, { ...props, consoleHost: this.#consoleHost }),
      alarmRule: this.#anyOf(anyOf),
      actionsSuppressor: this.#causeOf(definition, props),
      actionsSuppressorWaitPeriod: WAIT_FOR_CAUSE,
      actionsSuppressorExtensionPeriod: afterCause,
    });
    this.#byId.set(id, alarm);
    alarm.addAlarmAction(...props.actions[severity]);
    return alarm;
  }

  /** The alarm that mutes a composite; it notifies no one. */
  #causeOf({ id: effect, title, links, causes }: CompositeDefinition, props: AlarmsProps): IAlarm {
    const { id, anyOf } = causes;
    const known = this.#byId.get(id);
    if (known) return known;
    const sentence = `Something that another alarm reports explains ${effect}, which is muted.`;
    const alarm = new CompositeAlarm(this, id, {
      compositeAlarmName: this.#nameOf(id),
      alarmDescription: describe(
        this,
        { id, title, sentence, links },
        { ...props, consoleHost: this.#consoleHost },
      ),
      alarmRule: this.#anyOf(anyOf.map((cause) => [cause])),
    });
    this.#byId.set(id, alarm);
    return alarm;
  }

  #anyOf(lists: readonly (readonly string[])[]) {
    return AlarmRule.anyOf(...lists.map((ids) => AlarmRule.allOf(...ids.map((id) => this.#alarm(id)))));
  }

  #alarm(id: string): IAlarm {
    const alarm = this.#byId.get(id);
    if (!alarm) throw new RangeError(`there is no alarm ${id}`);
    return alarm;
  }

  #nameOf(id: string): string {
    return `${Stack.of(this).stackName}/${id}`;
  }
}
