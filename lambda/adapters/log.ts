import { commonFields } from '../environment/common.ts';
import { bundleDigest, describeError } from './logged-error.ts';
import { Metrics } from './metrics.ts';

/** From the one that is left out first. */
const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent'];

export type Level = 'info' | 'warn' | 'error';

/** What a line says beside its message: ids, codes and numbers, never payload. Whatever was thrown goes by the name `error`. */
export type Facts = Readonly<Record<string, unknown>> & { readonly error?: unknown };

/**
 * What a function writes: lines of JSON, and the metrics that its alarms watch, which go with the next line, so that an event is one
 * line. Its variables are those of Powertools for AWS, which a handler of the customer's may use.
 */
export class Log<Name extends string> {
  readonly #metrics = new Metrics<Name>();
  readonly #stack = commonFields.stackName.read(process.env);
  readonly #write: (line: string) => void;
  #requestId: string | undefined;

  /** @param write Not `console.log`: Lambda would put a time and a request id in front of the JSON. */
  constructor(write: (line: string) => void = (line) => void process.stdout.write(`${line}\n`)) {
    this.#write = write;
  }

  /** To be called at the beginning of each invocation. */
  begin({ awsRequestId }: { readonly awsRequestId: string }): void {
    this.#requestId = awsRequestId;
  }

  /** Writes a line, with the metrics since the one before. */
  line(level: Level, message: string, { error, ...facts }: Facts = {}): void {
    if (!isWritten(level)) return;
    this.#put({
      level: level.toUpperCase(),
      message,
      ...this.#head(),
      ...facts,
      ...(error !== undefined && {
        error: describeError(error),
        // Frames are then positions in the bundle, which the `logs` verb leads back to the sources.
        ...(!process.sourceMapsEnabled && { bundle: bundleDigest() }),
      }),
      ...this.#taken(),
    });
  }

  /** Adds occurrences to a metric: one unless it says how many. */
  count(name: Name, occurrences = 1): void {
    this.#metrics.count(name, occurrences);
  }

  /** Adds a duration in seconds to a metric. */
  seconds(name: Name, duration: number): void {
    if (this.#metrics.seconds(name, duration)) this.flush();
  }

  /** Writes the metrics that no line has carried. To be called at the end of each invocation. */
  flush(): void {
    const metrics = this.#taken();
    if (metrics) this.#put({ ...this.#head(), ...metrics });
  }

  readonly #head = () => ({
    timestamp: new Date().toISOString(),
    service: process.env.POWERTOOLS_SERVICE_NAME,
    request_id: this.#requestId,
    xray_trace_id: sampledTrace(),
  });

  #taken(): ReturnType<Metrics<Name>['take']> {
    const metrics = this.#metrics.take(this.#stack, Date.now());
    return process.env.POWERTOOLS_METRICS_DISABLED === 'true' ? undefined : metrics;
  }

  #put(line: Readonly<Record<string, unknown>>): void {
    this.#write(JSON.stringify(line));
  }
}

/** The trace of this invocation, if X-Ray keeps it: of most it does not, and a link to one would lead nowhere. */
function sampledTrace(): string | undefined {
  const parts = process.env._X_AMZN_TRACE_ID?.split(';') ?? [];
  if (!parts.includes('Sampled=1')) return undefined;
  return parts.find((part) => part.startsWith('Root='))?.slice('Root='.length);
}

function isWritten(level: Level): boolean {
  const least = process.env.POWERTOOLS_LOG_LEVEL ?? '';
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least.toLowerCase());
}
