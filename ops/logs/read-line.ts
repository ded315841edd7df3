import { isObject } from '../json.ts';

/** What a function wrote, as JSON; or the line as it is, such as those of Lambda itself. */
export type Written = Record<string, unknown> | string;

/** A line without the metrics that it carries; undefined if it has nothing else. */
export function readLine(text: string): Written | undefined {
  const value = jsonOf(text);
  if (!isObject(value)) return text.trimEnd();
  if (!isObject(value._aws)) return value;
  const fields = metricFieldsOf(value._aws);
  return 'message' in value
    ? Object.fromEntries(Object.entries(value).filter(([field]) => !fields.has(field)))
    : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Directive {
  readonly Dimensions?: readonly (readonly string[])[];
  readonly Metrics?: readonly { readonly Name: string }[];
}

/** The fields of a line in the embedded metric format that stand for metrics and their dimensions. */
function metricFieldsOf({ CloudWatchMetrics }: Record<string, unknown>): ReadonlySet<string> {
  const directives: readonly Directive[] = Array.isArray(CloudWatchMetrics) ? CloudWatchMetrics : [];
  const fields = directives.flatMap(({ Dimensions = [], Metrics = [] }) => [
    ...Dimensions.flat(),
    ...Metrics.map(({ Name }) => Name),
  ]);
  return new Set(['_aws', ...fields]);
}
