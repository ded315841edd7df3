import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** One alarm, and what the person who receives its e-mail needs to know. */
export interface AlarmDefinition {
  /** Part of its name and its logical id. */
  readonly id: string;
  /** Heading of its runbook section. */
  readonly title: string;
  /** What happened, in one sentence. */
  readonly sentence: string;
  readonly metric: IMetric;
  /** The alarm fires when the metric reaches this value or, if `silence` is set, falls below it. */
  readonly threshold: number;
  /** Number of consecutive periods. */
  readonly periods?: number;
  /** Fires on values below the threshold and on missing data. */
  readonly silence?: boolean;
  /** Keeps its state while there is no data: what measures it is down as well. */
  readonly keepsState?: boolean;
  /** Label → URL of a page in the AWS console. */
  readonly links: Readonly<Record<string, string>>;
}

/** Anchor of a heading, as GitHub generates it. */
export const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
