import type { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** Who is notified: the one on duty, at any hour, or whoever is at work next. */
export type Severity = 'page' | 'ticket';

/** What the person who receives an alarm's e-mail needs to know. */
export interface AlarmText {
  /** Part of its name and its logical id. */
  readonly id: string;
  /** Heading of its runbook section. */
  readonly title: string;
  /** What happened, in one sentence. */
  readonly sentence: string;
  readonly severity: Severity;
  /** Label → URL of a page in the AWS console. */
  readonly links: Readonly<Record<string, string>>;
}

/** An alarm that reads metrics. */
export interface AlarmDefinition extends AlarmText {
  /** Does not exist with basic monitoring. */
  readonly isFullOnly?: boolean;
  /** What differs with basic monitoring, whose alarms read one metric each. */
  readonly basic?: Pick<AlarmDefinition, 'sentence' | 'metric' | 'threshold'>;
  readonly metric: IMetric;
  /** The alarm fires when the metric reaches this value or, if `silence` is set, falls below it. */
  readonly threshold: number;
  /** Number of consecutive periods. */
  readonly periods?: number;
  /** Fires on values below the threshold and on missing data. */
  readonly silence?: boolean;
  /** Keeps its state while there is no data: what measures it is down as well. */
  readonly keepsState?: boolean;
}

/** An alarm that reads other alarms, by their ids; these notify no one themselves. */
export interface CompositeDefinition extends AlarmText {
  /** Fires while all alarms of one of these lists do. */
  readonly anyOf: readonly (readonly string[])[];
  /** Alarms of at least the same severity that explain this one: it notifies no one while one of them rings. */
  readonly causes: { readonly id: string; readonly anyOf: readonly string[] };
  /** How long after its causes it may last; an hour by default. */
  readonly afterCause?: Duration;
}

/** Anchor of a heading, as GitHub generates it. */
export const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
