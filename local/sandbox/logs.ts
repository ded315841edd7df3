import { EventEmitter } from 'node:events';
import type { FunctionModel } from '../template/model.ts';

/** One line that a function wrote, or that Lambda writes about it. */
export interface LogLine {
  /** Epoch milliseconds of its arrival. */
  readonly time: number;
  /** Label of the function, e.g. `verifier`. */
  readonly function: string;
  readonly sandbox: string;
  readonly source: 'function' | 'platform';
  readonly text: string;
}

/** One metric of an Embedded Metric Format line, or one that Lambda counts itself. */
export interface EmittedMetric {
  readonly time: number;
  readonly function: string;
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly dimensions: Readonly<Record<string, string>>;
}

interface EmfLine {
  readonly _aws?: {
    readonly Timestamp?: number;
    readonly CloudWatchMetrics?: readonly {
      readonly Namespace: string;
      readonly Dimensions?: readonly (readonly string[])[];
      readonly Metrics?: readonly { readonly Name: string; readonly Unit?: string }[];
    }[];
  };
  readonly [key: string]: unknown;
}

/** Keeps the newest lines of all functions and the metrics in them; emits `line` and `metric`. */
export class FunctionLogs extends EventEmitter<{ line: [LogLine]; metric: [EmittedMetric] }> {
  readonly lines: LogLine[] = [];
  readonly metrics: EmittedMetric[] = [];
  readonly #kept: number;

  /** @param kept how many lines, and how many metrics, to keep */
  constructor(kept = 50_000) {
    super();
    this.#kept = kept;
  }

  write(line: LogLine): void {
    this.lines.push(line);
    if (this.lines.length > this.#kept * 1.1) this.lines.splice(0, this.lines.length - this.#kept);
    this.emit('line', line);
    if (line.source === 'function' && line.text.includes('"_aws"')) {
      for (const metric of metricsOf(line)) this.count(metric);
    }
  }

  count(metric: EmittedMetric): void {
    this.metrics.push(metric);
    if (this.metrics.length > this.#kept * 1.1) this.metrics.splice(0, this.metrics.length - this.#kept);
    this.emit('metric', metric);
  }
}

/** What Lambda counts for an invocation that fails. */
export const errorOf = (fn: Pick<FunctionModel, 'label' | 'name'>): EmittedMetric => ({
  time: Date.now(),
  function: fn.label,
  namespace: 'AWS/Lambda',
  name: 'Errors',
  unit: 'Count',
  values: [1],
  dimensions: { FunctionName: fn.name },
});

/** The metrics of an EMF line, one for each set of dimensions; empty for any other line. */
function metricsOf(line: Pick<LogLine, 'time' | 'function' | 'text'>): EmittedMetric[] {
  let emf: EmfLine;
  try {
    emf = JSON.parse(line.text) as EmfLine;
  } catch {
    return [];
  }
  return (emf._aws?.CloudWatchMetrics ?? []).flatMap((directive) =>
    (directive.Dimensions ?? [[]]).flatMap((names) =>
      (directive.Metrics ?? []).map((metric) => ({
        time: emf._aws?.Timestamp ?? line.time,
        function: line.function,
        namespace: directive.Namespace,
        name: metric.Name,
        unit: metric.Unit ?? 'None',
        values: [emf[metric.Name]].flat().map(Number),
        dimensions: Object.fromEntries(names.map((name) => [name, String(emf[name])])),
      })),
    ),
  );
}

/** Splits a stream into lines; a last line without a newline follows at the end of the stream. */
export function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') take(line);
  });
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
}
