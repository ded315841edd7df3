import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** One alarm, and what a person who gets its mail needs to know. */
export interface AlarmDefinition {
  /** Part of its name and of its logical id. */
  readonly id: string;
  /** Heading of its section in the runbook. */
  readonly title: string;
  /** What has happened, in one sentence. */
  readonly sentence: string;
  readonly metric: IMetric;
  /** Fires when the metric reaches it, or falls below it where `silence` is set. */
  readonly threshold: number;
  /** How many periods in a row. */
  readonly periods?: number;
  /** Fires on too little, and on no data at all. */
  readonly silence?: boolean;
  /** Keeps its state while there is no data: what measures it is out as well. */
  readonly keepsState?: boolean;
  /** Label → address of a page in the AWS console. */
  readonly links: Readonly<Record<string, string>>;
}

/** A heading's anchor, as GitHub makes it. */
export const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
