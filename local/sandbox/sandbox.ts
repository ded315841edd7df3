import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { FunctionModel } from '../template/model.ts';
import { eachLine, type FunctionLogs } from './logs.ts';
import { failed, type Outcome, reported } from './outcome.ts';
import { startProcess } from './process.ts';
import { RuntimeApi } from './runtime-api.ts';

export interface SandboxDeps {
  readonly logs: FunctionLogs;
  /** Program and arguments that speak the Runtime API. */
  readonly bootstrap: readonly string[];
  /** Port where it waits for a debugger; its invocations have no timeout then. @default no debugger */
  readonly inspectPort?: number | undefined;
  /** The complete environment of the process. */
  environment(runtimeApi: string): Promise<Record<string, string>>;
  /** Called once, when the process has ended. */
  onEnd(): void;
  /** Called when the sandbox can take an invocation. */
  onIdle(): void;
}

interface Running {
  readonly requestId: string;
  readonly startedAt: number;
  readonly timer: NodeJS.Timeout | undefined;
  readonly settle: (outcome: Outcome) => void;
  outcome?: Outcome;
}

/** Time for someone to step through the code. */
const DEBUG_TIMEOUT_MS = 3_600_000;

/** One execution environment of a function: a process of its own that handles one invocation at a time. */
export class Sandbox {
  readonly id: string;
  idleSince = 0;
  readonly #fn: FunctionModel;
  readonly #deps: SandboxDeps;
  readonly #api: RuntimeApi;
  readonly #createdAt = performance.now();
  #state: 'starting' | 'idle' | 'busy' | 'ended' = 'starting';
  #process: ChildProcess | undefined;
  #running: Running | undefined;
  #initFailure: Outcome | undefined;
  #initMs: number | undefined;
  #isReady = false;
  #gone = false;

  constructor(id: string, fn: FunctionModel, deps: SandboxDeps) {
    this.id = id;
    this.#fn = fn;
    this.#deps = deps;
    this.#api = new RuntimeApi({
      onNext: () => this.#onNext(),
      onResponse: (requestId, payload) => this.#onOutcome(requestId, { kind: 'success', payload }),
      onError: (requestId, payload) => this.#onOutcome(requestId, reported('handler', payload)),
      onInitError: (payload) => {
        // Once it was ready, an error between two invocations may be about one of them.
        this.#initFailure = reported(this.#isReady ? 'crash' : 'init', payload);
      },
    });
  }

  get idle(): boolean {
    return this.#state === 'idle';
  }

  /** Whether it has answered its invocation and is about to ask for the next one. */
  get finishing(): boolean {
    return this.#state === 'busy' && this.#running?.outcome !== undefined;
  }

  /** Why the init phase failed, if it did. */
  get failure(): Outcome | undefined {
    return this.#initFailure;
  }

  /** Starts the process; the sandbox is ready when `onIdle` is called. */
  async start(): Promise<void> {
    const runtimeApi = await this.#api.listen();
    // It may have been killed in the meantime.
    if (this.#gone) {
      await this.#api.close();
      return;
    }
    const env = await this.#deps.environment(runtimeApi);
    if (this.#gone) return;
    const { bootstrap, inspectPort } = this.#deps;
    const child = startProcess(this.#fn, { bootstrap, env, inspectPort });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      eachLine(stream, (text) => this.#log('function', text));
    }
    child.once('error', (error) => this.#onExit(error.message));
    child.once('close', (code, signal) =>
      this.#onExit(signal === null ? `exit status ${code}` : `signal: ${signal}`),
    );
  }

  /** Runs one invocation; the sandbox must be idle. Never rejects. */
  invoke(payload: Buffer): Promise<Outcome> {
    this.#state = 'busy';
    const requestId = randomUUID();
    const isDebugged = this.#deps.inspectPort !== undefined;
    const timeoutMs = isDebugged ? DEBUG_TIMEOUT_MS : this.#fn.timeoutSeconds * 1000;
    return new Promise((settle) => {
      const timer = setTimeout(() => this.#onTimeout(requestId), timeoutMs);
      this.#running = { requestId, startedAt: performance.now(), timer, settle };
      this.#api.deliver({
        requestId,
        payload,
        deadlineMs: Date.now() + timeoutMs,
        functionArn: this.#fn.arn,
        traceId: traceIdOf(requestId),
      });
    });
  }

  /** Ends the process at once, whatever it is doing. */
  kill(outcome?: Outcome): void {
    if (this.#running && outcome) this.#running.outcome = outcome;
    if (this.#state !== 'busy') this.#state = 'ended';
    this.#process?.kill('SIGKILL');
    if (!this.#process) this.#onExit('it was never started');
  }

  #onNext(): void {
    if (!this.#isReady) this.#initMs = performance.now() - this.#createdAt;
    this.#isReady = true;
    if (this.#state === 'ended') return;
    this.#finish();
    this.#state = 'idle';
    this.idleSince = performance.now();
    this.#deps.onIdle();
  }

  /** The outcome counts at once, but the sandbox takes no new work before it asks for it. */
  #onOutcome(requestId: string, outcome: Outcome): void {
    if (this.#running?.requestId !== requestId || this.#running.outcome) return;
    this.#running.outcome = outcome;
    clearTimeout(this.#running.timer);
    this.#running.settle(outcome);
  }

  #onTimeout(requestId: string): void {
    const message = `${new Date().toISOString()} ${requestId} Task timed out after ${this.#fn.timeoutSeconds.toFixed(2)} seconds`;
    this.#log('platform', message);
    this.kill(failed('timeout', 'Sandbox.Timedout', message));
  }

  #onExit(how: string): void {
    if (this.#gone) return;
    this.#gone = true;
    if (this.#running && !this.#running.outcome) {
      const message = `RequestId: ${this.#running.requestId} Error: Runtime exited with error: ${how}`;
      this.#running.outcome = this.#initFailure ?? failed('crash', 'Runtime.ExitError', message);
      this.#log('platform', message);
    }
    this.#finish();
    this.#state = 'ended';
    void this.#api.close();
    this.#deps.onEnd();
  }

  #finish(): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    clearTimeout(running.timer);
    const took = (performance.now() - running.startedAt).toFixed(2);
    const init = this.#initMs === undefined ? '' : ` Init Duration: ${this.#initMs.toFixed(2)} ms`;
    this.#log(
      'platform',
      `REPORT RequestId: ${running.requestId} Duration: ${took} ms Memory Size: ${this.#fn.memoryMb} MB${init}`,
    );
    this.#initMs = undefined;
    running.settle(running.outcome ?? failed('crash', 'Runtime.ExitError', 'The sandbox did not answer.'));
  }

  #log(source: 'function' | 'platform', text: string): void {
    this.#deps.logs.write({ time: Date.now(), function: this.#fn.label, sandbox: this.id, source, text });
  }
}

/** An X-Ray trace header; the request id is random enough for it. */
function traceIdOf(requestId: string): string {
  const digits = requestId.replaceAll('-', '');
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${digits.slice(0, 24)};Parent=${digits.slice(16)};Sampled=0`;
}
