import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

/** For how long failing messages are watched: longer than the wait between two tries of one. */
export const FAILING = Duration.minutes(30);

/** Messages that fail in half an hour while others succeed, from which on it is more than a hiccup of AWS. */
export const MANY_FAILURES = 5;

/**
 * 1 while the processor fails. On a quiet stage, one message that fails all the time is all that there is: it is tried
 * every 15 minutes, so what counts is that nothing else happens, and the period is longer. The sum is for metrics that
 * were never reported.
 */
export function failing(usingMetrics: Record<'failed' | 'processed' | 'refused', IMetric>): MathExpression {
  const nothingElse = 'SUM([failed, FILL(processed, 0), FILL(refused, 0)]) == failed';
  const expression = `IF(failed >= ${MANY_FAILURES} OR (failed > 0 AND ${nothingElse}), 1, 0)`;
  return new MathExpression({ label: 'failing', expression, usingMetrics, period: FAILING });
}

/**
 * Sum over the functions; one that was not invoked counts as zero.
 *
 * SUM of a list instead of `+`: that has no result if one of its operands has none, and FILL does not fill a metric that
 * was never reported, such as those of a processor before the first event.
 */
export function sum(label: string, metrics: IMetric[], period: Duration): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  const filled = Object.keys(usingMetrics).map((id) => `FILL(${id}, 0)`);
  const expression = `SUM([${filled.join(', ')}])`;
  return new MathExpression({ label, expression, usingMetrics, period });
}
