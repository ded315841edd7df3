import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { FunctionModel } from '../template/model.ts';
import type { FunctionLogs } from './logs.ts';
import { eachLine } from './logs.ts';
import { failed, type Outcome } from './outcome.ts';
import { RuntimeApi } from './runtime-api.ts';

/** What a sandbox needs beside its function. */
export interface SandboxParts {
  readonly logs: FunctionLogs;
  /** Program and arguments that speak the Runtime API, after Node itself. */
  readonly bootstrap: readonly string[];
  /** The whole environment of the process. */
  environment(runtimeApi: string): Promise<Record<string, string>>;
  /** Called once, when the process is gone. */
  onEnd(): void;
  /** Called when the sandbox could take an invocation. */
  onIdle(): void;
}

interface Running {
  readonly requestId: string;
  readonly startedAt: number;
  readonly timer: NodeJS.Timeout;
  readonly settle: (outcome: Outcome) => void;
  outcome?: Outcome;
}

/** One execution environment of a function: a process of its own that handles one invocation at a time. */
export class Sandbox {
  readonly id: string;
  idleSince = 0;
  private state: 'starting' | 'idle' | 'busy' | 'ended' = 'starting';
  private readonly fn: FunctionModel;
  private readonly parts: SandboxParts;
  private readonly api: RuntimeApi;
  private process: ChildProcess | undefined;
  private running: Running | undefined;
  private initFailure: Outcome | undefined;
  private readonly createdAt = performance.now();
  private initMs: number | undefined;
  private isReady = false;
  private gone = false;

  constructor(id: string, fn: FunctionModel, parts: SandboxParts) {
    this.id = id;
    this.fn = fn;
    this.parts = parts;
    this.api = new RuntimeApi({
      onNext: () => this.onNext(),
      onResponse: (id, payload) => this.onAnswer(id, { ok: true, payload }),
      onError: (id, payload) => this.onAnswer(id, failureOf('handler', payload)),
      onInitError: (payload) => {
        this.initFailure = failureOf('init', payload);
      },
    });
  }

  /** Whether it has answered its invocation and is about to ask for the next. */
  get finishing(): boolean {
    return this.state === 'busy' && this.running?.outcome !== undefined;
  }

  get idle(): boolean {
    return this.state === 'idle';
  }

  /** Starts the process; it is ready when `onIdle` is called. */
  async start(): Promise<void> {
    const runtimeApi = await this.api.listen();
    // It may have been killed in the meantime.
    if (this.gone) return this.api.close();
    const env = await this.parts.environment(runtimeApi);
    if (this.gone) return;
    const watch = new URL('end-with-parent.mjs', import.meta.url).href;
    // The same share of memory as the managed Node.js runtime gives to the heap.
    const heap = `--max-old-space-size=${Math.floor(this.fn.memoryMb * 0.9)}`;
    const child = spawn(process.execPath, [heap, `--import=${watch}`, ...this.parts.bootstrap], {
      cwd: this.fn.codeDirectory,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.process = child;
    child.stdin.on('error', () => {});
    for (const stream of [child.stdout, child.stderr]) eachLine(stream, (text) => this.log('function', text));
    child.once('error', (error) => this.onExit(error.message));
    child.once('close', (code, signal) =>
      this.onExit(signal === null ? `exit status ${code}` : `signal: ${signal}`),
    );
  }

  /** Runs one invocation; the sandbox must be idle. Never rejects. */
  invoke(payload: Buffer): Promise<Outcome> {
    this.state = 'busy';
    const requestId = randomUUID();
    const timeoutMs = this.fn.timeoutSeconds * 1000;
    return new Promise((settle) => {
      const timer = setTimeout(() => this.onTimeout(requestId), timeoutMs);
      this.running = { requestId, startedAt: performance.now(), timer, settle };
      this.api.deliver({
        requestId,
        payload,
        deadlineMs: Date.now() + timeoutMs,
        functionArn: this.fn.arn,
        traceId: traceIdOf(requestId),
      });
    });
  }

  /** Ends the process at once, in the midst of whatever it does. */
  kill(outcome?: Outcome): void {
    if (this.running && outcome) this.running.outcome = outcome;
    if (this.state !== 'busy') this.state = 'ended';
    this.process?.kill('SIGKILL');
    if (!this.process) this.onExit('it never started');
  }

  private onNext(): void {
    if (!this.isReady) this.initMs = performance.now() - this.createdAt;
    this.isReady = true;
    if (this.state === 'ended') return;
    this.finish();
    this.state = 'idle';
    this.idleSince = performance.now();
    this.parts.onIdle();
  }

  /** The outcome counts at once, but the sandbox takes no new work before it asks for it. */
  private onAnswer(requestId: string, outcome: Outcome): void {
    if (this.running?.requestId !== requestId || this.running.outcome) return;
    this.running.outcome = outcome;
    clearTimeout(this.running.timer);
    this.running.settle(outcome);
  }

  private onTimeout(requestId: string): void {
    const message = `${new Date().toISOString()} ${requestId} Task timed out after ${this.fn.timeoutSeconds.toFixed(2)} seconds`;
    this.log('platform', message);
    this.kill(failed('timeout', 'Sandbox.Timedout', message));
  }

  private onExit(how: string): void {
    if (this.gone) return;
    this.gone = true;
    if (this.running && !this.running.outcome) {
      const crash = failed(
        'crash',
        'Runtime.ExitError',
        `RequestId: ${this.running.requestId} Error: Runtime exited with error: ${how}`,
      );
      this.running.outcome = this.initFailure ?? crash;
    }
    this.finish();
    this.state = 'ended';
    void this.api.close();
    this.parts.onEnd();
  }

  private finish(): void {
    const running = this.running;
    if (!running) return;
    this.running = undefined;
    clearTimeout(running.timer);
    const took = performance.now() - running.startedAt;
    const init = this.initMs === undefined ? '' : ` Init Duration: ${this.initMs.toFixed(2)} ms`;
    this.log(
      'platform',
      `REPORT RequestId: ${running.requestId} Duration: ${took.toFixed(2)} ms Memory Size: ${this.fn.memoryMb} MB${init}`,
    );
    this.initMs = undefined;
    running.settle(running.outcome ?? failed('crash', 'Runtime.ExitError', 'The sandbox gave no answer.'));
  }

  /** Why the init phase failed, if it did. */
  get failure(): Outcome | undefined {
    return this.initFailure;
  }

  private log(source: 'function' | 'platform', text: string): void {
    this.parts.logs.write({ time: Date.now(), function: this.fn.label, sandbox: this.id, source, text });
  }
}

function failureOf(cause: 'handler' | 'init', payload: string): Outcome {
  try {
    const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string };
    return failed(cause, errorType ?? 'Error', errorMessage ?? '');
  } catch {
    return failed(cause, 'Error', 'The function reported an error that is no JSON.');
  }
}

/** An X-Ray trace header; the request id has randomness enough for it. */
function traceIdOf(requestId: string): string {
  const digits = requestId.replaceAll('-', '');
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${digits.slice(0, 24)};Parent=${digits.slice(16)};Sampled=0`;
}
